#!/usr/bin/env bash
# Repeats the tests of races, crashes and random walks many times and prints what was done.
# Takes less than an hour on two cores.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

# repetitions NAME DEFAULT: reads a count from the environment and exports it.
repetitions() {
    local value=${!1:-$2}
    [[ $value =~ ^[1-9][0-9]{0,8}$ ]] || die "$1: '$value' is not a positive number"
    export "$1=$value"
}
repetitions MODEL_WALKS 10000
repetitions RACE_ROUNDS 100
repetitions KILLS 100
repetitions TERMS 20

failed=0
summary=
output=$(mktemp)

# Prints the summary even if the run is interrupted.
finish() {
    printf '\n%s' "$summary"
    rm -f "$output"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# soak NAME PATTERNS ARGUMENT…: runs `cargo test ARGUMENT…`. PATTERNS has one regular expression per line; each must
# match a line of the output that says what was done, so that a test that did nothing fails.
soak() {
    local name=$1 patterns=$2 begin=$SECONDS result=passed numbers='' pattern line
    shift 2
    printf '\n==> %s\n' "$name"
    cargo test --locked --features ssr "$@" -- --nocapture 2>&1 | tee "$output" || result=FAILED
    while IFS= read -r pattern; do
        line=$(grep -oE -m 1 -- "$pattern" "$output") || {
            result=FAILED
            line="MISSING: $pattern"
        }
        numbers+="               $line"$'\n'
    done <<<"$patterns"
    [ "$result" = passed ] || failed=$((failed + 1))
    summary+=$(printf '%-7s %5d s  %s' "$result" $((SECONDS - begin)) "$name")$'\n'$numbers
}

soak "Races of fifty" "[0-9]+ registrations of one username, $RACE_ROUNDS times
[0-9]+ callbacks and registrations of one new openid, $RACE_ROUNDS times
[0-9]+ requests for one callback, $RACE_ROUNDS times
[0-9]+ requests with an expired token, $RACE_ROUNDS times
signing out among [0-9]+ requests, $RACE_ROUNDS times" --test integration races::
soak "Killing and stopping the program" "$KILLS kills, seed [0-9]+: .*
$TERMS stops: .*" --test process
soak "Random walks of two browsers" "$MODEL_WALKS walks: .*" --test integration model::

[ "$failed" -eq 0 ]
