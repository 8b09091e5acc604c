#!/usr/bin/env bash
# The release build: target/release/qq-login, and what it serves in target/site.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

cd "$root"
exec cargo leptos build --release --precompress
