# shellcheck shell=bash disable=SC2154 # (set by env.sh)
# Build tools: wasm-bindgen and those that make what it writes small; cargo-leptos for development; musl for the static build.

set_up_cargo_leptos() {
    [ -x "$cargo_leptos_dir/bin/cargo-leptos" ] && return
    binstall "$cargo_leptos_dir" "cargo-leptos@$cargo_leptos_version" && return
    step "cargo-leptos $cargo_leptos_version: compiling" "4 to 10 minutes; once per user, not per clone"
    cargo_install "$cargo_leptos_dir" cargo-leptos --version "=$cargo_leptos_version" --locked --features no_downloads
}

set_up_wasm_bindgen() {
    [ -n "$wasm_bindgen_version" ] || die "Cargo.lock does not name wasm-bindgen: restore it with 'git checkout Cargo.lock'"
    [ -x "$wasm_bindgen_dir/bin/wasm-bindgen" ] && return
    binstall "$wasm_bindgen_dir" "wasm-bindgen-cli@$wasm_bindgen_version" && return
    step "wasm-bindgen $wasm_bindgen_version: compiling" "1 to 2 minutes"
    # Without --locked: its lock file names a crate version that is not available everywhere.
    cargo_install "$wasm_bindgen_dir" wasm-bindgen-cli --version "=$wasm_bindgen_version"
}

# binstall FOLDER CRATE@VERSION: installs a prebuilt binary, if cargo-binstall is there and finds one.
binstall() {
    command -v cargo-binstall >/dev/null || return 1
    step "$2: downloading a prebuilt binary" "10 seconds, 2 minutes at most"
    local work
    work=$(fresh_folder)
    with_time_limit 120 cargo binstall --no-confirm --disable-strategies compile --root "$work" "$2" || {
        echo "    cargo-binstall found none"
        return 1
    }
    mv "$work" "$1"
}

# cargo_install FOLDER CRATE ARGUMENT…
cargo_install() {
    local to=$1 crate=$2 work
    shift
    work=$(fresh_folder)
    # With its own release profile (optimized, LTO) cargo-leptos alone takes half an hour.
    # The build folder is kept until the end, so that an interrupted build continues where it stopped.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0 \
        CARGO_TARGET_DIR="$cache/build/$crate" PATH="$work/bin:$PATH" \
        cargo install --root "$work" "$@" \
        || die "$crate could not be installed: see cargo's message above; if it is a network error, run this again"
    mv "$work" "$to"
    rm -rf "$cache/build/$crate"
}

set_up_site_tools() {
    [ -d "$site_tools_dir" ] && return
    step "Tools for style sheet, script and WebAssembly: downloading from npm" "10 seconds"
    local work
    work=$(fresh_folder)
    cp "$root"/scripts/site-tools/package*.json "$work"
    npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error \
        || die "npm could not install them: see its message above; if it is a network error, run this again"
    mv "$work" "$site_tools_dir"
}

set_up_musl() {
    if ! command -v musl-gcc >/dev/null; then
        step "musl, the C library of the static build" "10 seconds"
        apt_install musl-tools || die "$by_hand"
    fi
    builds_for_musl && return
    step "Rust: asking rustup for the standard library for musl" "10 seconds, 2 minutes at most"
    { with_time_limit 120 rustup target add --toolchain "$RUSTUP_TOOLCHAIN" "$musl_target" && builds_for_musl; } \
        || die "no standard library for $musl_target: run 'rustup toolchain install $wanted_rust --target $musl_target' and fix the error it reports, then run this again"
}

builds_for_musl() {
    echo 'fn main() {}' | rustup run "$RUSTUP_TOOLCHAIN" rustc --edition 2024 --crate-name probe --target "$musl_target" \
        -o "$cache/probe" - >/dev/null 2>&1
}
