#!/usr/bin/env bash
# Tests promises.sh itself: what would let a promise pass without a test must not pass.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source-path=SCRIPTDIR source=promises.sh
. "$(dirname "$0")/promises.sh"
cd "$root"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
every=$(seq --format '%02g' "$last_promise")
failed=0

# table [SED]: a table in which all is well, and what SED makes of it.
table() {
    local id
    for id in $every; do
        echo "| S-$id | L1 | something holds | tests |"
    done | sed "${1:-}" >"$folder/table.md"
}

# names [SED]: a test for each promise, and what SED makes of their names.
names() {
    local id
    for id in $every; do
        echo "tests::s${id}_something_holds"
    done | sed "${1:-}"
}

# expect VERDICT WORDS NAMES…: VERDICT is 'passes' or 'fails', WORDS stand in what is said.
expect() {
    local said verdict=passes
    said=$(judge_promises "$folder/table.md" "$3") || verdict=fails
    if [ "$verdict" != "$1" ] || ! grep -qF -- "$2" <<<"$said"; then
        echo "  it $verdict, and should be one that $1 with: $2"
        failed=$((failed + 1))
    fi
}

table && expect passes '98 promises with 98 tests' "$(names)"
table && expect passes '98 promises with 98 tests' "$(names 's/.*s02.*//; s/s03_/s03_s02_/')"
table && expect passes '98 promises with 98 tests' "$(names 's/tests::s04_/s04 /')"
table && expect fails 'S-05 has no test' "$(names 's/s05_//')"
table && expect fails 'S-05 has no test' "$(names 's/s05_/of_s05_/')"
table && expect fails 'there is no promise S-99' "$(names)"$'\ntests::s99_something_holds'
table && expect fails 'there is no promise S-00' "$(names)"$'\ntests::s01_s00_something_holds'
table && expect fails 'there is no promise S-7' "$(names)"$'\ntests::s7_something_holds'
table '$a | S-99 | L1 | something holds | tests |' && expect fails 'S-99 : there is no such promise' "$(names)"
table '$a | S-98 | L1 | something holds | tests |' && expect fails 'S-98 has several rows' "$(names)"
table '6d' && expect fails 'S-06 has no row' "$(names)"
table '7s/L1/L4/' && expect fails 'S-07: say L1, L2 or L3' "$(names)"
table '8s/tests/later/' && expect fails "S-08: say 'tests'" "$(names)"
without_09=$(names '/s09/d')
table '9s/tests/does not apply: no time/' && expect fails 'S-09 must hold' "$without_09"
table '9s/tests/does not apply: no time/; 9s/L1/L2/' && expect passes '97 promises with 97 tests, 1 that' "$without_09"
table '9s/tests/does not apply: no time/; 9s/L1/L2/' && expect fails 'S-09 does not apply, it says, and has tests' "$(names)"
table '53s/tests/does not apply: no linking/' && expect passes '97 promises with 97 tests, 1 that' "$(names '/s53/d')"

# What is no test that runs, and looks like one in a text.
cat >"$folder/tests.rs" <<'END'
// fn s01_in_a_comment() {}
const _TEXT: &str = "fn s02_in_a_text() {}";
#[allow(dead_code)]
fn s03_a_helper() {}
#[test]
#[ignore]
fn s04_ignored() {}
mod inner {
    #[test]
    fn s05_s06_runs() {}
}
END
rustc --edition 2024 --test -o "$folder/tests" "$folder/tests.rs"
listed=$(names_of_tests "$folder/tests")
if [ "$listed" != inner::s05_s06_runs ]; then
    echo "  listed as tests: $listed"
    failed=$((failed + 1))
fi

[ "$failed" -eq 0 ] || die "$failed of its judgements are wrong, listed above"
echo "its judgements are right"
