#!/usr/bin/env bash
# Makes the release build: target/release/qq-login and the files it serves, in target/site.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

cd "$root"
cargo leptos build --release --precompress
# wasm-bindgen writes TypeScript declarations that no page loads.
rm -f target/site/pkg/*.d.ts target/site/pkg/*.d.ts.*
