#!/usr/bin/env bash
# Signs in through the sandbox with third-party QQ clients (docs/clients.md). Uses the release build,
# or the program in $QQ_LOGIN.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

export QQ_LOGIN="${QQ_LOGIN:-$root/target/release/qq-login}"
[ -x "$QQ_LOGIN" ] || die "$QQ_LOGIN does not exist: run 'make build'"
{ [ -d end2end/clients/node_modules ] && [ -e "$python_clients_dir/complete" ]; } \
    || die "the clients are not installed: run 'scripts/setup.sh test'"
# The Python clients would otherwise send requests for loopback addresses through a proxy.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

status=0
npm --prefix end2end/clients test || status=1
"$python_clients_dir/bin/python" -B -m unittest discover --verbose --start-directory end2end/clients || status=1
exit "$status"
