#!/usr/bin/env bash
# Makes the release build: target/release/qq-login, with the files it serves inside. They are in target/site too.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

cd "$root"
cargo leptos build --release --precompress --frontend-only
# wasm-bindgen writes TypeScript declarations that no page loads.
rm -f target/site/pkg/*.d.ts target/site/pkg/*.d.ts.*

# The program is built from a copy, so that it is compiled again only if a file has changed. Each gzip form contains the
# time it was made.
if ! diff --recursive --brief --exclude='*.gz' target/site target/embed >/dev/null 2>&1; then
    rm -rf target/embed
    cp -r target/site target/embed
fi

# Without git, the program knows its version only.
if commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
    export QQ_LOGIN_COMMIT=$commit
fi
cargo leptos build --release --server-only --bin-features embed
