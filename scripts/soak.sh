#!/usr/bin/env bash
# The long part of the tests: what `make test` does a few times, done very often, in numbers.
# Less than an hour on two processors.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

# number NAME DEFAULT: how often something is done.
number() {
    local value=${!1:-$2}
    [[ $value =~ ^[1-9][0-9]{0,8}$ ]] || die "$1: '$value' is not a number above zero"
    export "$1=$value"
}
number MODEL_WALKS 10000
number RACE_ROUNDS 100
number KILLS 100
number TERMS 20

failed=0
summary=
output=$(mktemp)

# What was done is told even if the rest is not waited for.
finish() {
    printf '\n%s' "$summary"
    rm -f "$output"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# soak NAME LINES ARGUMENT…: the tests that `cargo test` finds with these arguments. In LINES stands, one a line, what
# they say of what they did, as patterns: what says nothing has done nothing.
soak() {
    local name=$1 lines=$2 begin=$SECONDS result=passed numbers='' pattern told
    shift 2
    printf '\n==> %s\n' "$name"
    cargo test --locked --features ssr "$@" -- --nocapture 2>&1 | tee "$output" || result=FAILED
    while IFS= read -r pattern; do
        told=$(grep -oE -m 1 -- "$pattern" "$output") || {
            result=FAILED
            told="NOT TOLD: $pattern"
        }
        numbers+="               $told"$'\n'
    done <<<"$lines"
    [ "$result" = passed ] || failed=$((failed + 1))
    summary+=$(printf '%-7s %5d s  %s' "$result" $((SECONDS - begin)) "$name")$'\n'$numbers
}

soak "Races of fifty" "[0-9]+ registrations of one name, $RACE_ROUNDS times
[0-9]+ callbacks and registrations of one new openid, $RACE_ROUNDS times
[0-9]+ visits to one callback address, $RACE_ROUNDS times
[0-9]+ requests with an old token, $RACE_ROUNDS times
signing out among [0-9]+ requests, $RACE_ROUNDS times" --test integration races::
soak "Killing and stopping the program" "$KILLS kills, seed [0-9]+: .*
$TERMS stops: .*" --test process
soak "Random walks of two browsers" "$MODEL_WALKS walks: .*" --test integration model::

[ "$failed" -eq 0 ]
