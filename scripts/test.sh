#!/usr/bin/env bash
# Runs every test: formatting, lints, dependencies, Rust, the release build and its size, third-party
# clients, the browser, the documentation. A failing part does not stop the others.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

passed=0
failed=0
summary=
failures=
scratch=$(mktemp -d)
output=$scratch/output

# The release build is independent of the first parts and runs beside them. It gets a process group of its own
# (set -m), so that all its processes stop if the tests are interrupted.
set -m
{
    scripts/build.sh >"$scratch/build" 2>&1 </dev/null && touch "$scratch/built"
} &
build=$!
set +m

# shellcheck disable=SC2317 # called by the trap
clean_up() {
    kill -TERM -- "-$build" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT

# part NAME COMMAND…
part() {
    local name=$1 begin=$SECONDS result=passed
    shift
    printf '\n==> %s\n' "$name"
    if "$@" 2>&1 | tee "$output"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        result=FAILED
        failures+=$(printf '%s:' "$name" && last_lines)$'\n\n'
    fi
    summary+=$(printf '%-7s %5d s  %s' "$result" $((SECONDS - begin)) "$name")$'\n'
    [ "$result" = passed ]
}

# The last lines of a part's output, where cargo and Playwright list failures, without noise and backtraces.
last_lines() {
    local noise='^[[:space:]]*$|^npm |^test .* \.\.\. ok$|^ *✓|\[WebServer\]|^ +[0-9]+: |^ +at '
    printf '\n'
    grep -vE "$noise" "$output" | tail -n 15
}

# Newer compilers have more lints: their warnings are shown, but fail the tests with this version only.
warnings=()
case $(rustc --version) in "rustc 1.96."*) warnings=(--deny warnings) ;; esac

lint_server() {
    cargo clippy --locked --all-targets --features ssr -- "${warnings[@]}" \
        && cargo clippy --locked --no-default-features --features ssr -- "${warnings[@]}"
}

# Checked for the host: for wasm32 nearly every crate would be compiled once more. The release build
# compiles it for wasm32.
lint_browser_half() {
    cargo clippy --locked --package qq-login-browser -- "${warnings[@]}"
}

# Many tests wait for time rather than for a core.
export RUST_TEST_THREADS=$((2 * $(getconf _NPROCESSORS_ONLN)))

test_rust() {
    cargo test --locked --features ssr
}

# The integration tests again, each with its own PostgreSQL database. The skipped test does not depend on the database.
test_rust_on_postgres() {
    TEST_ON_POSTGRES=1 scripts/with-postgres.sh cargo test --locked --features ssr --test integration \
        -- --skip every_error_code_in_every_format
}

# Shows the output of the release build until it ends.
await_release_build() {
    tail -n +1 -f --pid="$build" "$scratch/build"
    [ -e "$scratch/built" ]
}

test_browser() {
    CHROMIUM=$(scripts/find-chromium.sh) npm --prefix end2end test || {
        echo "(The faults and canaries tests run only after the js, no-wasm and no-js tests have passed.)"
        return 1
    }
}

part "Formatting: cargo fmt" cargo fmt --all --check || true
part "Lints of the server half: clippy" lint_server || true
part "Lints of the browser half: clippy" lint_browser_half || true
part "Dependencies: cargo deny" scripts/check-dependencies.sh || true
part "Rust tests: cargo test" test_rust || true
part "Integration tests on PostgreSQL: cargo test" test_rust_on_postgres || true
if part "Release build" await_release_build; then
    part "Size of what the browser downloads" scripts/check-size.sh || true
    part "The program alone in an empty folder" scripts/check-single-file.sh || true
    part "The container: buildah" scripts/check-container.sh || true
    part "Third-party clients against the sandbox" scripts/test-clients.sh || true
    part "Browser tests: Playwright" test_browser || true
fi
part "Documentation" scripts/check-docs.sh || true
part "Alert rules and dashboard: promtool" scripts/check-metrics.sh || true
part "Security promises and their tests" scripts/check-security.sh || true

printf '\n%s\n%sTests: %d passed, %d failed\n' "$summary" "$failures" "$passed" "$failed"
[ "$failed" -eq 0 ]
