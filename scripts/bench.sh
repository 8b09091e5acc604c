#!/usr/bin/env bash
# Measures the release build, next to a plain axum server that does the same exchange, and prints tables.
#
#   scripts/bench.sh                       everything
#   scripts/bench.sh login account         only these sections
#   scripts/bench.sh --seconds 2 login     options and sections: benches/load/options.rs
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

[ -x target/release/qq-login ] || die "there is no release build: run 'make build' first"
cargo build --quiet --locked --release --manifest-path benches/Cargo.toml --target-dir target
exec target/release/load "$@"
