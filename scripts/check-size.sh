#!/usr/bin/env bash
# Fails when the browser has to load more than the budget: all JavaScript and WebAssembly of the
# release build, in the brotli form in which it is served.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
budget=60000
cd "$root/target/site" 2>/dev/null || die "no release build: run 'make build'"

total=0
while IFS= read -r file; do
    [ -f "$file.br" ] || die "target/site/$file has no brotli form: run 'make build'"
    plain=$(wc -c <"$file")
    small=$(wc -c <"$file.br")
    total=$((total + small))
    printf '%9d bytes, brotli %6d: %s\n' "$plain" "$small" "$file"
done < <(find . -name '*.js' -o -name '*.wasm' | sed 's|^\./||' | sort)

[ "$total" -gt 0 ] || die "no JavaScript or WebAssembly in target/site: run 'make build'"
printf 'JavaScript and WebAssembly together: %d bytes of %d\n' "$total" "$budget"
[ "$total" -le "$budget" ] || die "$((total - budget)) bytes above the budget: see what came into the browser half"
