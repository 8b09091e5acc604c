#!/usr/bin/env bash
# Fuzzes the parsers of untrusted input and prints a summary.
#
#   scripts/fuzz.sh              every target of fuzz/, ten minutes each
#   scripts/fuzz.sh me email     only these
#
# FUZZ_SECS is the time per target, FUZZ_JOBS the number of targets that run at once (default: one per core).
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

secs=${FUZZ_SECS:-600}
jobs=${FUZZ_JOBS:-$(getconf _NPROCESSORS_ONLN)}
[[ $secs =~ ^[1-9][0-9]*$ ]] || die "FUZZ_SECS: '$secs' is not a positive number of seconds"
[[ $jobs =~ ^[1-9][0-9]*$ ]] || die "FUZZ_JOBS: '$jobs' is not a positive number"

mapfile -t known < <(sed -n 's|^path = "targets/\(.*\)\.rs"$|\1|p' fuzz/Cargo.toml)
targets=("$@")
[ $# -gt 0 ] || targets=("${known[@]}")
[ ${#targets[@]} -gt 0 ] || die "fuzz/Cargo.toml names no target"
for target in "${targets[@]}"; do
    [[ " ${known[*]} " == *" $target "* ]] || die "there is no target '$target'; the targets are ${known[*]}"
done

# Running targets by process id, and exit codes by target.
declare -A running=() status=()
scratch=$(mktemp -d)
clean_up() {
    [ ${#running[@]} -eq 0 ] || kill "${!running[@]}" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT

# No sanitizer: this project has no unsafe code, and without one a stable compiler is enough.
cargo fuzz build --sanitizer none

programs="fuzz/target/$(rustc -vV | sed -n 's/^host: //p')/release"
results=fuzz/artifacts
mkdir -p "$results"

# start TARGET: starts with the corpus of earlier runs. Inputs that crash a target are kept in fuzz/artifacts.
# max_len is above libFuzzer's default of 4096, because the callback rejects queries longer than that.
start() {
    local target=$1
    mkdir -p "fuzz/corpus/$target" "$results/$target"
    TMPDIR=$scratch "$programs/$target" -max_total_time="$secs" -max_len=8192 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$results/$target/" "fuzz/corpus/$target" "fuzz/seeds/$target" \
        >"$results/$target.log" 2>&1 &
    running[$!]=$target
}

# Waits until one running target ends.
await_one() {
    local ended code=0
    wait -n -p ended "${!running[@]}" || code=$?
    status[${running[$ended]}]=$code
    unset "running[$ended]"
}

# stat TARGET NAME: prints a number from the final statistics of a target.
stat() {
    sed -n "s/^stat::$2: *//p" "$results/$1.log"
}

printf 'Fuzzing %s for %d s each, %d at once\n' "${targets[*]}" "$secs" "$jobs"
for target in "${targets[@]}"; do
    while [ ${#running[@]} -ge "$jobs" ]; do await_one; done
    start "$target"
done
while [ ${#running[@]} -gt 0 ]; do await_one; done

crashed=0 total=0
printf '%-10s %14s %10s %8s  %s\n' target executions 'per second' inputs result
for target in "${targets[@]}"; do
    executions=$(stat "$target" number_of_executed_units)
    result='no crash'
    if [ "${status[$target]}" -ne 0 ]; then
        result="CRASH: see $results/$target.log and $results/$target/"
    elif [ "${executions:-0}" -eq 0 ]; then
        result="NOTHING RUN: see $results/$target.log"
    fi
    [ "$result" = 'no crash' ] || crashed=$((crashed + 1))
    total=$((total + ${executions:-0}))
    printf '%-10s %14s %10s %8s  %s\n' "$target" "${executions:-0}" "$(stat "$target" average_exec_per_sec)" \
        "$(find "fuzz/corpus/$target" -type f | wc -l)" "$result"
done
printf '%d targets, %d executions, %d failed\n' ${#targets[@]} "$total" "$crashed"
[ "$crashed" -eq 0 ] || die "$crashed targets failed: turn the crashing input into a test, then fix it"
