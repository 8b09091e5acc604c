# shellcheck shell=bash disable=SC2154 # (what env.sh sets)
# What only the tests need: lints, a browser with fonts, PostgreSQL, Playwright.

set_up_lints() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    step "rustfmt and clippy" "20 seconds"
    if [ "$RUSTUP_TOOLCHAIN" = debian ]; then
        apt_install rustfmt-web rust-web-clippy || die "$by_hand"
    else
        with_time_limit 300 rustup component add --toolchain "$RUSTUP_TOOLCHAIN" rustfmt clippy \
            || die "rustup could not get them: run 'rustup component add --toolchain $RUSTUP_TOOLCHAIN rustfmt clippy'"
    fi
}

set_up_browser() {
    local missing=()
    "$root/scripts/find-chromium.sh" >/dev/null 2>&1 || missing+=(chromium)
    # Without these, Chinese and emoji are boxes in the screenshots.
    if command -v dpkg-query >/dev/null; then
        is_apt_installed fonts-noto-cjk || missing+=(fonts-noto-cjk)
        is_apt_installed fonts-noto-color-emoji || missing+=(fonts-noto-color-emoji)
    fi
    [ ${#missing[@]} -eq 0 ] && return
    step "A browser and its fonts for the tests: ${missing[*]}" "1 minute"
    apt_install "${missing[@]}" || die "$by_hand"
}

set_up_postgres() {
    "$root/scripts/with-postgres.sh" --find >/dev/null 2>&1 && return
    step "PostgreSQL for the tests" "30 seconds"
    apt_install postgresql || die "$by_hand"
}

set_up_playwright() {
    local end2end="$root/end2end"
    # A copy of the lock file, written last, says what was installed.
    cmp -s "$end2end/package-lock.json" "$end2end/node_modules/.installed-from" && return
    step "Playwright: npm ci in end2end/" "10 seconds"
    (cd "$end2end" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) \
        || die "npm ci failed in end2end/: see its message above; if it is the network, run this again"
    cp "$end2end/package-lock.json" "$end2end/node_modules/.installed-from"
}
