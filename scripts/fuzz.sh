#!/usr/bin/env bash
# Fuzzes each reader of what comes from outside, and prints what was done in numbers.
#
#   scripts/fuzz.sh              every target of fuzz/, ten minutes each
#   scripts/fuzz.sh next email   these only
#
# FUZZ_SECS is the time for each, FUZZ_JOBS how many run at once (the number of processors).
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

secs=${FUZZ_SECS:-600}
jobs=${FUZZ_JOBS:-$(getconf _NPROCESSORS_ONLN)}
[[ $secs =~ ^[1-9][0-9]*$ ]] || die "FUZZ_SECS: '$secs' is not a number of seconds above zero"
[[ $jobs =~ ^[1-9][0-9]*$ ]] || die "FUZZ_JOBS: '$jobs' is not a number above zero"

mapfile -t known < <(sed -n 's|^path = "targets/\(.*\)\.rs"$|\1|p' fuzz/Cargo.toml)
targets=("$@")
[ $# -gt 0 ] || targets=("${known[@]}")
[ ${#targets[@]} -gt 0 ] || die "fuzz/Cargo.toml names no target"
for target in "${targets[@]}"; do
    [[ " ${known[*]} " == *" $target "* ]] || die "there is no target '$target', but: ${known[*]}"
done

# What is running, by process, and how it ended, by target.
declare -A running=() status=()
scratch=$(mktemp -d)
clean_up() {
    [ ${#running[@]} -eq 0 ] || kill "${!running[@]}" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT

# No sanitizer: there is no unsafe code of ours for it to watch, and without one any compiler will do.
cargo fuzz build --sanitizer none

programs="fuzz/target/$(rustc -vV | sed -n 's/^host: //p')/release"
results=fuzz/artifacts
mkdir -p "$results"

# start TARGET: what was found before is tried again first. What breaks a target is kept in fuzz/artifacts.
# A query that is too long for the callback has more than the 4096 bytes that libFuzzer tries by itself.
start() {
    local target=$1
    mkdir -p "fuzz/corpus/$target" "$results/$target"
    TMPDIR=$scratch "$programs/$target" -max_total_time="$secs" -max_len=8192 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$results/$target/" "fuzz/corpus/$target" "fuzz/seeds/$target" \
        >"$results/$target.log" 2>&1 &
    running[$!]=$target
}

# Waits until one of those that are running has ended.
await_one() {
    local ended code=0
    wait -n -p ended "${!running[@]}" || code=$?
    status[${running[$ended]}]=$code
    unset "running[$ended]"
}

# number TARGET NAME: one of the numbers that a fuzzer prints at its end.
number() {
    sed -n "s/^stat::$2: *//p" "$results/$1.log"
}

printf 'Fuzzing %s for %d s each, %d at once\n' "${targets[*]}" "$secs" "$jobs"
for target in "${targets[@]}"; do
    while [ ${#running[@]} -ge "$jobs" ]; do await_one; done
    start "$target"
done
while [ ${#running[@]} -gt 0 ]; do await_one; done

broken=0 total=0
printf '%-10s %14s %10s %8s  %s\n' target executions 'a second' inputs result
for target in "${targets[@]}"; do
    executions=$(number "$target" number_of_executed_units)
    result='nothing found'
    if [ "${status[$target]}" -ne 0 ]; then
        result="FOUND: see $results/$target.log and $results/$target/"
    elif [ "${executions:-0}" -eq 0 ]; then
        result="NOTHING TRIED: see $results/$target.log"
    fi
    [ "$result" = 'nothing found' ] || broken=$((broken + 1))
    total=$((total + ${executions:-0}))
    printf '%-10s %14s %10s %8s  %s\n' "$target" "${executions:-0}" "$(number "$target" average_exec_per_sec)" \
        "$(find "fuzz/corpus/$target" -type f | wc -l)" "$result"
done
printf '%d targets, %d executions, %d broken\n' ${#targets[@]} "$total" "$broken"
[ "$broken" -eq 0 ] || die "$broken targets were broken: make what breaks them a test, then mend it"
