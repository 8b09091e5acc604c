#!/usr/bin/env bash
# QQ clients that other people wrote sign in through the sandbox of the release build,
# or of the program that QQ_LOGIN names.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

export QQ_LOGIN="${QQ_LOGIN:-$root/target/release/qq-login}"
[ -x "$QQ_LOGIN" ] || die "no $QQ_LOGIN: run 'make build'"
{ [ -d end2end/clients/node_modules ] && [ -e "$python_clients_dir/complete" ]; } \
    || die "the clients are not installed: run 'scripts/setup.sh test'"
# Python's clients would ask a proxy for addresses of this machine, too.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

status=0
npm --prefix end2end/clients test || status=1
"$python_clients_dir/bin/python" -B -m unittest discover --verbose --start-directory end2end/clients || status=1
exit "$status"
