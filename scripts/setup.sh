#!/usr/bin/env bash
# Installs what is missing; a step that is already done is skipped.
#
#   scripts/setup.sh         tools to build and run
#   scripts/setup.sh dev     … and cargo-leptos
#   scripts/setup.sh test    … to build, and to run the tests
#   scripts/setup.sh dist    … to build and to link statically
#   scripts/setup.sh soak    the Rust toolchain alone
#   scripts/setup.sh fuzz    … and cargo-fuzz
#
# Tools go to the user's cache folder. Debian packages are installed only if there is no other way.
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

set_up_build_tools() {
    set_up_wasm_bindgen
    set_up_site_tools
}

set_up_test_tools() {
    set_up_lints
    set_up_cargo_deny
    set_up_browser
    set_up_postgres
    set_up_nginx
    set_up_promtool
    set_up_pgbouncer
    set_up_buildah
    set_up_playwright
    set_up_smtp_server
    set_up_clients
}

purpose=${1:-run}
case $purpose in
    run | dev | test | dist | soak | fuzz) ;;
    *) die "unknown argument '$purpose': use 'dev', 'test', 'dist', 'soak', 'fuzz' or none" ;;
esac

wait_for_other_setups
require_programs
set_up_toolchain
case $purpose in
    run) set_up_build_tools ;;
    dev)
        set_up_cargo_leptos
        set_up_build_tools
        ;;
    test)
        set_up_build_tools
        set_up_test_tools
        ;;
    dist)
        set_up_build_tools
        set_up_musl
        ;;
    fuzz) set_up_cargo_fuzz ;;
esac
