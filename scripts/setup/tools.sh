# shellcheck shell=bash disable=SC2154 # (what env.sh sets)
# The programs that build the app: cargo-leptos, wasm-bindgen, wasm-opt.

set_up_cargo_leptos() {
    [ -x "$cargo_leptos_dir/bin/cargo-leptos" ] && return
    step "cargo-leptos $cargo_leptos_version: compiling it" "10 minutes, 20 on a busy machine; once per user, not per clone"
    cargo_install "$cargo_leptos_dir" cargo-leptos --version "=$cargo_leptos_version" --locked --features no_downloads
}

set_up_wasm_bindgen() {
    [ -n "$wasm_bindgen_version" ] || die "Cargo.lock names no wasm-bindgen: restore it with 'git checkout Cargo.lock'"
    [ -x "$wasm_bindgen_dir/bin/wasm-bindgen" ] && return
    step "wasm-bindgen $wasm_bindgen_version: compiling it" "2 minutes"
    # Without --locked: its lock file names a version of a crate that is not served everywhere.
    cargo_install "$wasm_bindgen_dir" wasm-bindgen-cli --version "=$wasm_bindgen_version"
}

# cargo_install FOLDER CRATE ARGUMENT…
cargo_install() {
    local to=$1 crate=$2 work
    shift
    work=$(fresh_folder)
    # Optimised and with LTO, as they ask for, cargo-leptos alone would take half an hour.
    # The build folder is kept until the end: an interrupted build goes on where it was.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0 \
        CARGO_TARGET_DIR="$cache/build/$crate" PATH="$work/bin:$PATH" \
        cargo install --root "$work" "$@" \
        || die "$crate could not be installed: see cargo's message above; if it is the network, run this again"
    mv "$work" "$to"
    rm -rf "$cache/build/$crate"
}

set_up_wasm_opt() {
    [ -x "$binaryen_dir/node_modules/.bin/wasm-opt" ] && return
    step "wasm-opt (binaryen $binaryen_version): fetching it from npm" "10 seconds"
    local work
    work=$(fresh_folder)
    npm install --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error "binaryen@$binaryen_version" \
        || die "npm could not install binaryen: see its message above; if it is the network, run this again"
    mv "$work" "$binaryen_dir"
}
