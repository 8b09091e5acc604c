#!/usr/bin/env bash
# Fails if a crate comes with a licence that is not in deny.toml, is banned there, comes twice without being
# listed there, or from another place than crates.io; and if one has a known hole, provided the list of
# known holes can be had. If it cannot, that is said.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

cargo deny --locked --all-features check --hide-inclusion-graph bans licenses sources

if timeout --kill-after=5 120 cargo deny --locked --all-features fetch db >/dev/null 2>&1; then
    cargo deny --locked --all-features check --disable-fetch advisories
    echo "Known holes: looked for in the RustSec advisory database"
else
    echo "Known holes: NOT CHECKED, since the RustSec advisory database cannot be had from here"
fi
