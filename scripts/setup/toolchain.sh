# shellcheck shell=bash disable=SC2154 # (set by env.sh)
# Chooses one Rust toolchain for server and browser. It must be new enough and have the standard library
# for wasm32. rustup's toolchain is preferred. If rustup cannot download one, Debian's compiler is installed
# and the wasm32 standard library is built from the matching source package.

# Required by cargo-leptos; the app itself builds with an older one.
oldest_rust=1.96
# Installed if the active toolchain is older. The active toolchain stays as it is.
wanted_rust=1.96.0

no_rust="no Rust $oldest_rust or newer with the wasm32 standard library: run 'rustup toolchain install $wanted_rust --target wasm32-unknown-unknown' and fix the error it reports, then run this again"

set_up_toolchain() {
    local name
    name=$(first_usable "${RUSTUP_TOOLCHAIN:-}" "$(active_toolchain)" "$wanted_rust" debian)
    if [ -z "$name" ]; then
        ask_rustup || build_on_debian
        name=$(first_usable "$(active_toolchain)" "$wanted_rust" debian)
    fi
    [ -n "$name" ] || die "$no_rust"
    remember_toolchain "$name"
}

# Prints the toolchain that rustup uses in this checkout, if any.
active_toolchain() {
    (cd "$root" || exit; env -u RUSTUP_TOOLCHAIN rustup show active-toolchain 2>/dev/null || true) | awk '{ print $1 }'
}

# first_usable NAME…: prints the first toolchain that can build the app.
first_usable() {
    local name
    for name; do
        if [ -n "$name" ] && is_new_enough "$name" && builds_for_wasm "$name"; then
            printf '%s\n' "$name"
            return
        fi
    done
}

is_new_enough() {
    local version
    version=$(rustup run "$1" rustc --version 2>/dev/null | awk '{ print $2 }')
    [ -n "$version" ] && [ "$(printf '%s\n' "$oldest_rust" "$version" | sort -V | head -n 1)" = "$oldest_rust" ]
}

# Compiles a small program, because a standard library left behind by an older compiler exists but does
# not work. With LTO, as in the release build: LTO fails if the standard library has no bitcode.
builds_for_wasm() {
    echo '#[unsafe(no_mangle)] pub fn probe(n: usize) -> usize { vec![0u8; n].len() }' \
        | rustup run "$1" rustc --edition 2024 --crate-name probe --crate-type cdylib --target wasm32-unknown-unknown \
            -C lto -C panic=abort -C opt-level=z -o "$cache/probe.wasm" - >/dev/null 2>&1
}

ask_rustup() {
    local active
    active=$(active_toolchain)
    if [ -n "$active" ] && is_new_enough "$active"; then
        step "Rust: asking rustup for the wasm32 standard library" "20 seconds, 2 minutes at most"
        with_time_limit 120 rustup target add --toolchain "$active" wasm32-unknown-unknown && builds_for_wasm "$active" && return
    fi
    step "Rust: asking rustup for version $wanted_rust with the wasm32 standard library" "1 minute, 5 minutes at most"
    with_time_limit 300 rustup toolchain install "$wanted_rust" --no-self-update --profile minimal \
        --component clippy --component rustfmt --target wasm32-unknown-unknown && builds_for_wasm "$wanted_rust" && return
    echo "    rustup cannot download it here"
    return 1
}

build_on_debian() {
    command -v apt-get >/dev/null || return 0
    step "Rust: installing Debian's compiler" "1 minute"
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm rustfmt-web rust-web-clippy || die "$no_rust"
    # The linker must match the LLVM version of the compiler.
    apt_install "lld-$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')" || die "$by_hand"
    rustup toolchain link debian /usr || die "rustup cannot link Debian's compiler: run 'rustup toolchain link debian /usr' to see the error"
    builds_for_wasm debian || build_wasm_std
}

build_wasm_std() {
    step "Rust: building the wasm32 standard library" "1 minute"
    local work lib
    work=$(fresh_folder)
    lib="$(rustup run debian rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown"
    mkdir "$work/src"
    printf '[package]\nname = "throw-away"\nedition = "2021"\n' >"$work/Cargo.toml"
    echo '#![no_std]' >"$work/src/lib.rs"
    # RUSTC_BOOTSTRAP lets a stable compiler build its own standard library.
    # Without bitcode, linking with LTO fails ("Can't find section .llvmbc").
    (
        cd "$work"
        RUSTUP_TOOLCHAIN=debian RUSTFLAGS=-Cembed-bitcode=yes RUSTC_BOOTSTRAP=1 \
            cargo build -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown --release --target-dir target
    ) || die "the wasm32 standard library could not be built: see cargo's message above; if it is a network error, run this again"
    mkdir "$work/lib"
    cp "$work"/target/wasm32-unknown-unknown/release/deps/*.rlib "$work/lib/"
    rm -f "$work"/lib/libthrow_away-*.rlib
    as_root rm -rf "$lib" "$lib.new"
    as_root mkdir -p "$lib.new"
    as_root cp -r "$work/lib" "$lib.new/"
    as_root mv "$lib.new" "$lib"
    rm -rf "$work"
}

# Records the choice for the other scripts and clones, and for cargo run by hand in this checkout.
remember_toolchain() {
    if [ "$(cat "$cache/toolchain" 2>/dev/null)" != "$1" ]; then
        printf '%s\n' "$1" >"$cache/toolchain.new"
        mv "$cache/toolchain.new" "$cache/toolchain"
        echo "    Rust: toolchain '$1' ($(rustup run "$1" rustc --version))"
    fi
    export RUSTUP_TOOLCHAIN="$1"
    if [ "$(active_toolchain)" != "$1" ]; then
        rustup override set --path "$root" "$1" >/dev/null 2>&1 \
            || die "rustup cannot choose the toolchain for this folder: run 'rustup override set $1' here to see the error"
    fi
}
