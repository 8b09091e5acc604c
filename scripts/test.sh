#!/usr/bin/env bash
# Every test: formatting, lints, dependencies, Rust, the release build and its size, other people's clients, the browser,
# the documentation.
# A part that fails does not stop the others; the summary is at the end, and what failed.
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

# The release build needs nothing of the other parts, and neither it nor they keep all processors busy. In a group of its
# own (set -m), since it consists of several processes and is ended with the tests if these are interrupted.
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
        failures+=$(printf '%s:' "$name" && last_words)$'\n\n'
    fi
    summary+=$(printf '%-7s %5d s  %s' "$result" $((SECONDS - begin)) "$name")$'\n'
    [ "$result" = passed ]
}

# The end of a part's output, where cargo and Playwright list what failed: whoever looks at the last lines of a
# long log shall find it there. Without what passed, and without npm's and the servers' words.
last_words() {
    local noise='^[[:space:]]*$|^npm |^test .* \.\.\. ok$|^ *✓|\[WebServer\]'
    printf '\n'
    grep -vE "$noise" "$output" | tail -n 15
}

# Newer compilers know more lints: their warnings are shown, but only this version's fail the tests.
warnings=()
case $(rustc --version) in "rustc 1.96."*) warnings=(--deny warnings) ;; esac

lint_server() {
    cargo clippy --locked --all-targets --features ssr -- "${warnings[@]}"
}

# For this machine and not for wasm32, where nearly every crate would have to be compiled once more.
# That it builds for wasm32 the release build shows.
lint_browser_half() {
    cargo clippy --locked --lib --features hydrate -- "${warnings[@]}"
}

# Many tests wait for time to pass rather than for a processor.
export RUST_TEST_THREADS=$((2 * $(getconf _NPROCESSORS_ONLN)))

test_rust() {
    cargo test --locked --features ssr
}

# The same tests of the whole site once more, each with a PostgreSQL database of its own. To the database it is all one
# with which of its codes QQ refuses something.
test_rust_on_postgres() {
    TEST_ON_POSTGRES=1 scripts/with-postgres.sh cargo test --locked --features ssr --test integration \
        -- --skip every_code_in_every_shape
}

# Shows what the build has said, until it has ended.
await_release_build() {
    tail -n +1 -f --pid="$build" "$scratch/build"
    [ -e "$scratch/built" ]
}

test_browser() {
    CHROMIUM=$(scripts/find-chromium.sh) npm --prefix end2end test || {
        echo "(If a test of js, no-wasm or no-js failed, those of faults and canaries were not run: they come after the others.)"
        return 1
    }
}

part "Formatting: cargo fmt" cargo fmt --check || true
part "Lints of the server half: clippy" lint_server || true
part "Lints of the browser half: clippy" lint_browser_half || true
part "Dependencies: cargo deny" scripts/check-dependencies.sh || true
part "Rust tests: cargo test" test_rust || true
part "The whole site on PostgreSQL: cargo test" test_rust_on_postgres || true
if part "Release build: cargo leptos build" await_release_build; then
    part "Size of what the browser loads" scripts/check-size.sh || true
    part "Independent clients against the sandbox" scripts/test-clients.sh || true
    part "Browser tests: Playwright" test_browser || true
fi
part "Documentation" scripts/check-docs.sh || true
part "The judge of the promises of security" scripts/test-promises.sh || true
part "Promises of security and their tests" scripts/check-security.sh || true

printf '\n%s\n%sTests: %d passed, %d failed\n' "$summary" "$failures" "$passed" "$failed"
[ "$failed" -eq 0 ]
