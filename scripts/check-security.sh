#!/usr/bin/env bash
# Lists the promises of docs/security.md with the number of their tests. Fails if a promise has no test.
# A test belongs to S-12 and S-13 if its name starts with `s12_s13_` (Rust) or `s12 s13 ` (Playwright).
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

list_rust_tests() {
    local all ignored
    all=$(cargo test --quiet --locked --features ssr -- --list --format terse)
    ignored=$(cargo test --quiet --locked --features ssr -- --list --format terse --ignored)
    comm -23 <(sort -u <<<"$all") <(sort -u <<<"$ignored") | sed -n 's/^.*::\(.*\): test$/\1/p'
}

list_browser_tests() {
    (cd end2end && npx --no-install playwright test --list) | sed -n 's/^.* › //p'
}

tests=$(list_rust_tests && list_browser_tests) || die "the tests cannot be listed: see the messages above"

promises=0 missing=0
while IFS='|' read -r _ item level promise tested_by _; do
    id=$(tr -cd 0-9 <<<"$item")
    promises=$((promises + 1))
    count=$(grep -cE "^(s[0-9]{2,3}[_ ])*s${id}[_ ]" <<<"$tests" || true)
    case $tested_by in
        *"does not apply: "*) count="does not apply" ;;
        *) [ "$count" -gt 0 ] || { missing=$((missing + 1)) && count="NO TEST"; } ;;
    esac
    printf 'S-%s %s %-14s %s\n' "$id" "${level// /}" "$count" "$promise"
done < <(grep -E '^\| *S-[0-9]{2,3} ' docs/security.md)

[ "$promises" -gt 0 ] || die "docs/security.md lists no promises"
[ "$missing" -eq 0 ] || die "$missing of $promises promises have no test: see above"
echo "$promises promises, each with a test or a reason why none applies"
