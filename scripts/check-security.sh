#!/usr/bin/env bash
# Lists the promises of docs/security.md with the tests that run for them. Fails if one has neither a test with its
# number at the beginning of the name nor a reason why it needs none, or if a number is that of no promise.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source-path=SCRIPTDIR source=promises.sh
. "$(dirname "$0")/promises.sh"
cd "$root"

rust=$(names_of_tests cargo test --quiet --locked --features ssr --) || die "cargo cannot list the tests: see its message above"
browser=$(names_of_browser_tests) || die "Playwright cannot list the tests: see its message above"
judge_promises docs/security.md "$rust"$'\n'"$browser"
