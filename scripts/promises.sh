# shellcheck shell=bash
# Sourced: which tests there are, and whether they keep the promises of docs/security.md.

last_promise=98

# What must hold (L1) and yet has no test: there is nothing here that it could hold for.
without_subject="53"

# names_of_tests COMMAND…: the names of the Rust tests that run by themselves. COMMAND is a test program, or what
# hands its arguments to some. So a comment, a helper and an ignored test are none.
names_of_tests() {
    local all ignored
    all=$("$@" --list --format terse) && ignored=$("$@" --list --format terse --ignored) || return
    comm -23 <(sort -u <<<"$all") <(sort -u <<<"$ignored") | sed -n 's/: test$//p'
}

# names_of_browser_tests: those of Playwright's that are not skipped.
names_of_browser_tests() {
    local listed
    listed=$(cd end2end && npx --no-install playwright test --list --reporter json) || return
    node -e '
        const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
        const runs = (spec) => spec.tests.some((test) => test.expectedStatus !== "skipped");
        const titles = JSON.parse(require("fs").readFileSync(0, "utf8")).suites.flatMap(specs).filter(runs).map((spec) => spec.title);
        console.log([...new Set(titles)].join("\n"));
    ' <<<"$listed"
}

# judge_promises TABLE NAMES: lists the promises of the file TABLE with their tests, which the lines of NAMES name.
judge_promises() {
    local table=$1 names=$2 problems=0 tested=0 tests=0 reasons=0
    local -A row=() level=() how=() mine=() count=()
    read_promises
    assign_tests
    local id
    for id in $(seq --format '%02g' "$last_promise"); do
        judge_promise "$id"
    done
    if [ "$problems" -gt 0 ]; then
        echo "$problems promises are not kept, or not rightly put down: see above"
        return 1
    fi
    echo "$tested promises with $tests tests, $reasons that do not apply"
}

# (The following share the variables of judge_promises.)
# shellcheck disable=SC2154
problem() {
    echo "  $*"
    problems=$((problems + 1))
}

is_promise() {
    [[ $1 =~ ^[0-9][0-9]$ ]] && ((10#$1 >= 1 && 10#$1 <= last_promise))
}

read_promises() {
    local item grade promise tested_by id
    while IFS='|' read -r _ item grade promise tested_by _; do
        id=${item//[[:space:]]/}
        id=${id#S-}
        is_promise "$id" || problem "$item: there is no such promise"
        [ -z "${row[$id]:-}" ] || problem "S-$id has several rows"
        row[$id]=$promise
        level[$id]=${grade//[[:space:]]/}
        read -r tested_by <<<"$tested_by" # without the blanks round it
        how[$id]=$tested_by
    done < <(grep -E '^\| *S-' "$table")
}

# The numbers with which a name begins: whatever follows them is words.
assign_tests() {
    local name rest id
    while IFS= read -r name; do
        rest=${name##*::}
        while [[ $rest =~ ^s([0-9]+)[_\ ](.*)$ ]]; do
            id=${BASH_REMATCH[1]} rest=${BASH_REMATCH[2]}
            is_promise "$id" || problem "$name: there is no promise S-$id"
            mine[$id]+=" ${name##*::}"
            count[$id]=$((${count[$id]:-0} + 1))
        done
    done <<<"$names"
}

judge_promise() {
    local id=$1 count=${count[$1]:-0} words=${mine[$1]:-}
    if [ -z "${row[$id]:-}" ]; then
        problem "S-$id has no row"
        return
    fi
    [[ ${level[$id]} =~ ^L[123]$ ]] || problem "S-$id: say L1, L2 or L3"
    case ${how[$id]} in
        tests)
            [ "$count" -gt 0 ] || problem "S-$id has no test"
            tested=$((tested + 1))
            tests=$((tests + count))
            ;;
        "does not apply: "?*)
            [ "$count" -eq 0 ] || problem "S-$id does not apply, it says, and has tests"
            [ "${level[$id]}" != L1 ] || [[ " $without_subject " == *" $id "* ]] \
                || problem "S-$id must hold: it may not be put down as what does not apply"
            reasons=$((reasons + 1))
            words=" (${how[$id]})"
            ;;
        *) problem "S-$id: say 'tests' or 'does not apply: ' with the reason" ;;
    esac
    printf 'S-%s %s %s\n' "$id" "${level[$id]}" "$words"
}
