#!/usr/bin/env bash
# Fails if a crate comes with a licence that is not in deny.toml, is banned there, comes twice without being
# listed there, or from another place than crates.io; and if one has a known hole, provided the list of
# known holes can be had. If it cannot, that is said.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

# deny OPTION… -- CHECK…: for the app, and for the fuzzers, which have a lock file of their own and one licence more.
deny() {
    local options=() manifest
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    for manifest in Cargo.toml fuzz/Cargo.toml; do
        cargo deny --locked --all-features --manifest-path "$manifest" --config deny.toml "${options[@]}" check \
            --hide-inclusion-graph --allow license-exception-not-encountered "$@"
    done
}

deny -- bans licenses sources

if timeout --kill-after=5 120 cargo deny --locked --all-features fetch db >/dev/null 2>&1; then
    deny --offline -- advisories
    echo "Known holes: looked for in the RustSec advisory database"
else
    echo "Known holes: NOT CHECKED, since the RustSec advisory database cannot be had from here"
fi
