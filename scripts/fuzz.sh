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

targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(sed -n 's|^path = "targets/\(.*\)\.rs"$|\1|p' fuzz/Cargo.toml)

# No sanitizer: there is no unsafe code of ours for it to watch, and without one any compiler will do.
cargo fuzz build --sanitizer none

programs="fuzz/target/$(rustc -vV | sed -n 's/^host: //p')/release"
results=fuzz/artifacts
mkdir -p "$results"

# fuzz TARGET: what was found before is tried again first. What breaks a target is kept in fuzz/artifacts.
fuzz() {
    local target=$1 status=0
    mkdir -p "fuzz/corpus/$target" "$results/$target"
    "$programs/$target" -max_total_time="$secs" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$results/$target/" "fuzz/corpus/$target" "fuzz/seeds/$target" \
        >"$results/$target.log" 2>&1 || status=$?
    echo "$status" >"$results/$target.status"
}

# number TARGET NAME: one of the numbers that a fuzzer prints at its end.
number() {
    sed -n "s/^stat::$2: *//p" "$results/$1.log"
}

printf 'Fuzzing %s for %d s each, %d at once\n' "${targets[*]}" "$secs" "$jobs"
for target in "${targets[@]}"; do
    [ -x "$programs/$target" ] || die "there is no target '$target': see fuzz/targets/"
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
    fuzz "$target" &
done
wait

failed=0
printf '%-10s %14s %10s %8s  %s\n' target executions 'a second' inputs result
for target in "${targets[@]}"; do
    result='nothing found'
    if [ "$(<"$results/$target.status")" -ne 0 ]; then
        result="FOUND: see $results/$target.log and $results/$target/"
        failed=$((failed + 1))
    fi
    printf '%-10s %14s %10s %8s  %s\n' "$target" "$(number "$target" number_of_executed_units)" \
        "$(number "$target" average_exec_per_sec)" "$(find "fuzz/corpus/$target" -type f | wc -l)" "$result"
done
[ "$failed" -eq 0 ] || die "$failed targets were broken: make what breaks them a test, then mend it"
