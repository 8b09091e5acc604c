#!/usr/bin/env bash
# Sets up what is missing, step by step; what is there already is left alone.
#
#   scripts/setup.sh         what building and running need
#   scripts/setup.sh test    and what the tests need
#   scripts/setup.sh soak    what the long tests need: the compiler alone
#   scripts/setup.sh fuzz    and what fuzzing needs
#
# Tools go to the user's cache folder. Debian packages are installed only where nothing else will do.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=env.sh
. "$here/env.sh"
# shellcheck source-path=SCRIPTDIR source=setup/common.sh
. "$here/setup/common.sh"
# shellcheck source-path=SCRIPTDIR source=setup/toolchain.sh
. "$here/setup/toolchain.sh"
# shellcheck source-path=SCRIPTDIR source=setup/tools.sh
. "$here/setup/tools.sh"
# shellcheck source-path=SCRIPTDIR source=setup/test-tools.sh
. "$here/setup/test-tools.sh"

case "${1:-run}" in
    run | test | soak | fuzz) ;;
    *) die "unknown argument '$1': say nothing, 'test', 'soak' or 'fuzz'" ;;
esac

wait_for_other_setups
require_programs
set_up_toolchain
case "${1:-run}" in
    soak) exit ;;
    fuzz)
        set_up_cargo_fuzz
        exit
        ;;
esac
set_up_cargo_leptos
set_up_wasm_bindgen
set_up_wasm_opt
if [ "${1:-run}" = test ]; then
    set_up_lints
    set_up_cargo_deny
    set_up_browser
    set_up_postgres
    set_up_playwright
    set_up_clients
fi
