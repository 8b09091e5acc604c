# shellcheck shell=bash disable=SC2154 # (set by env.sh)
# Tools for the tests: lints, cargo-deny, cargo-fuzz, a browser with fonts, PostgreSQL, nginx, promtool, PgBouncer, buildah, Playwright, third-party QQ clients.

set_up_lints() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    step "rustfmt and clippy" "20 seconds"
    if [ "$RUSTUP_TOOLCHAIN" = debian ]; then
        apt_install rustfmt-web rust-web-clippy || die "$by_hand"
    else
        with_time_limit 300 rustup component add --toolchain "$RUSTUP_TOOLCHAIN" rustfmt clippy \
            || die "rustup could not install them: run 'rustup component add --toolchain $RUSTUP_TOOLCHAIN rustfmt clippy'"
    fi
}

set_up_cargo_deny() {
    [ -x "$cargo_deny_dir/bin/cargo-deny" ] && return
    binstall "$cargo_deny_dir" "cargo-deny@$cargo_deny_version" && return
    step "cargo-deny $cargo_deny_version: compiling" "4 minutes; once per user, not per clone"
    cargo_install "$cargo_deny_dir" cargo-deny --version "=$cargo_deny_version" --locked
}

# libFuzzer is written in C++.
set_up_cplusplus() {
    command -v c++ >/dev/null && return
    step "A C++ compiler for the fuzzers" "30 seconds"
    apt_install g++ || die "$by_hand"
}

set_up_cargo_fuzz() {
    set_up_cplusplus
    [ -x "$cargo_fuzz_dir/bin/cargo-fuzz" ] && return
    step "cargo-fuzz $cargo_fuzz_version: compiling" "1 minute"
    cargo_install "$cargo_fuzz_dir" cargo-fuzz --version "=$cargo_fuzz_version" --locked
}

set_up_browser() {
    local missing=()
    "$root/scripts/find-chromium.sh" >/dev/null 2>&1 || missing+=(chromium)
    # Without these fonts, screenshots show boxes instead of Chinese and emoji.
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

# Debian keeps it off the PATH of ordinary users.
set_up_nginx() {
    PATH=$PATH:/usr/sbin command -v nginx >/dev/null && return
    step "nginx for the tests" "10 seconds"
    apt_install nginx-light || die "$by_hand"
}

# The package would start Prometheus, so that only the program is taken out of it.
set_up_promtool() {
    command -v promtool >/dev/null && return
    step "promtool for the tests" "10 seconds"
    command -v apt-get >/dev/null || die "there is no apt-get: install promtool, which is part of Prometheus, then run this again"
    local work
    work=$(fresh_folder)
    (cd "$work" && { apt-get -q download prometheus || { as_root apt-get -q update && apt-get -q download prometheus; }; }) \
        || die "$by_hand"
    dpkg-deb --fsys-tarfile "$work"/prometheus_*.deb | tar -x -C "$work" ./usr/bin/promtool
    mkdir -p "$promtool_dir/bin"
    mv "$work/usr/bin/promtool" "$promtool_dir/bin/"
    rm -rf "$work"
}

set_up_pgbouncer() {
    PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null && return
    step "PgBouncer for the tests" "10 seconds"
    apt_install pgbouncer || die "$by_hand"
}

# Only root can start what it builds.
set_up_buildah() {
    command -v buildah >/dev/null && return
    can_become_root || return 0
    step "buildah for the test of the container" "20 seconds"
    apt_install buildah || die "$by_hand"
}

set_up_playwright() {
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm_ci Playwright end2end
}

set_up_smtp_server() {
    npm_ci "An SMTP server for the tests" end2end/smtp
}

set_up_clients() {
    npm_ci "Third-party QQ clients from npm" end2end/clients
    set_up_python_clients
}

# npm_ci WHAT FOLDER
npm_ci() {
    local folder="$root/$2"
    # A copy of the lock file, written last, records what was installed.
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-from" && return
    step "$1: npm ci in $2/" "10 seconds"
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) \
        || die "npm ci failed in $2/: see its message above; if it is a network error, run this again"
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-from"
}

# Required by social-auth-core.
oldest_python=3.11

set_up_python_clients() {
    # A virtual environment contains its own path, so it is created in place; the file `complete` is written last.
    [ -e "$python_clients_dir/complete" ] && "$python_clients_dir/bin/python" -c '' 2>/dev/null && return
    step "Third-party QQ clients from the Python package index" "20 seconds"
    make_python_environment || {
        # Debian ships the venv module in a separate package.
        apt_install python3 python3-venv || die "$by_hand"
        make_python_environment \
            || die "no Python $oldest_python or newer with the modules venv and ensurepip: install one, then run this again"
    }
    # Wheels only: no compiling, no set-up scripts.
    "$python_clients_dir/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: --requirement "$root/end2end/clients/requirements.txt" \
        || die "pip could not install them: see its message above; if it is a network error, run this again"
    touch "$python_clients_dir/complete"
}

make_python_environment() {
    local python
    for python in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
        "$python" -c "import sys; sys.exit(sys.version_info < (${oldest_python/./, }))" 2>/dev/null || continue
        rm -rf "$python_clients_dir"
        "$python" -m venv "$python_clients_dir" >/dev/null 2>&1 && return
    done
    return 1
}
