#!/usr/bin/env bash
# The long part of the tests: what `make test` does a few times, done very often, in numbers.
# About an hour and a half on two processors.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

export MODEL_WALKS="${MODEL_WALKS:-10000}" RACE_ROUNDS="${RACE_ROUNDS:-100}" KILLS="${KILLS:-100}" TERMS="${TERMS:-20}"

failed=0
summary=

# soak NAME ARGUMENT…: the tests that `cargo test` finds with these arguments.
soak() {
    local name=$1 begin=$SECONDS result=passed
    shift
    printf '\n==> %s\n' "$name"
    cargo test --locked --features ssr "$@" -- --nocapture || {
        result=FAILED
        failed=$((failed + 1))
    }
    summary+=$(printf '%-7s %5d s  %s' "$result" $((SECONDS - begin)) "$name")$'\n'
}

soak "Races of fifty, $RACE_ROUNDS times each" --test integration races::
soak "Killing the program $KILLS times, stopping it $TERMS times" --test process
soak "Random walks: $MODEL_WALKS" --test integration model::

printf '\n%s' "$summary"
[ "$failed" -eq 0 ]
