#!/usr/bin/env bash
# Measures the release build, next to a plain axum server that does the same exchange, and prints tables.
#
#   scripts/bench.sh                       everything
#   scripts/bench.sh login account         only these sections
#   scripts/bench.sh micro                 only the parts of a request, each by itself
#   scripts/bench.sh --help                all sections and options
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

[ -x target/release/qq-login ] || die "there is no release build: run 'make build' first"
in_benches=(--quiet --manifest-path benches/Cargo.toml --target-dir target)
micro() {
    cargo bench "${in_benches[@]}" --bench micro -- --quiet --noplot --warm-up-time 1 --measurement-time 3
}

if [ "$*" = micro ]; then
    micro
    exit
fi
cargo build --release "${in_benches[@]}"
target/release/load "$@"
[ $# -gt 0 ] || micro
