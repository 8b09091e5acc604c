#!/usr/bin/env bash
# Checks licenses, banned and duplicate crates, and sources against deny.toml; known vulnerabilities
# as well, if the advisory database can be fetched.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

# deny OPTION… -- CHECK…: for the app, and for the fuzz targets and benchmarks, which have lock files of their own.
deny() {
    local options=() manifest
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    for manifest in Cargo.toml fuzz/Cargo.toml benches/Cargo.toml; do
        cargo deny --locked --all-features --manifest-path "$manifest" --config deny.toml "${options[@]}" check \
            --hide-inclusion-graph --allow license-exception-not-encountered "$@"
    done
}

deny -- bans licenses sources

if timeout --kill-after=5 120 cargo deny --locked --all-features fetch db >/dev/null 2>&1; then
    deny --offline -- advisories
    echo "Known vulnerabilities: checked against the RustSec advisory database"
else
    echo "Known vulnerabilities: NOT CHECKED, the RustSec advisory database cannot be reached"
fi
