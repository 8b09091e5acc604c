#!/usr/bin/env bash
# Fails if the JavaScript and WebAssembly of the release build exceed the budget, measured in the
# brotli form that browsers download.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
budget=60000
cd "$root/target/site" 2>/dev/null || die "no release build: run 'make build'"

total=0
while IFS= read -r file; do
    [ -f "$file.br" ] || die "target/site/$file has no brotli form: run 'make build'"
    plain=$(wc -c <"$file")
    compressed=$(wc -c <"$file.br")
    total=$((total + compressed))
    printf '%9d bytes, brotli %6d: %s\n' "$plain" "$compressed" "$file"
done < <(find . -name '*.js' -o -name '*.wasm' | sed 's|^\./||' | sort)

[ "$total" -gt 0 ] || die "no JavaScript or WebAssembly in target/site: run 'make build'"
printf 'JavaScript and WebAssembly: %d of %d bytes\n' "$total" "$budget"
[ "$total" -le "$budget" ] || die "$((total - budget)) bytes over budget: look for new dependencies of the browser half"
