# shellcheck shell=bash
# Sourced by the other scripts: which tools the project uses, where they are kept, which compiler builds it.

# shellcheck disable=SC2034  # used by the scripts that source this one
{
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
    # By version and outside the checkout, so that a second clone finds what the first one built.
    cache="${XDG_CACHE_HOME:-$HOME/.cache}/qq-login"

    cargo_leptos_version=0.3.11
    binaryen_version=132.0.0
    cargo_deny_version=0.20.2
    cargo_fuzz_version=0.13.2
    # wasm-bindgen's command line must have exactly the version of the crate.
    wasm_bindgen_version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/version = |"/, ""); print }' "$root/Cargo.lock")

    cargo_leptos_dir="$cache/cargo-leptos-$cargo_leptos_version"
    wasm_bindgen_dir="$cache/wasm-bindgen-cli-$wasm_bindgen_version"
    binaryen_dir="$cache/binaryen-$binaryen_version"
    cargo_deny_dir="$cache/cargo-deny-$cargo_deny_version"
    cargo_fuzz_dir="$cache/cargo-fuzz-$cargo_fuzz_version"
    # The Python clients that the sandbox is tested with, one folder for each state of the list.
    python_clients_dir="$cache/python-clients-$(cksum <"$root/end2end/clients/requirements.txt" | cut -d ' ' -f 1)"
}

# cargo-leptos takes wasm-bindgen and wasm-opt from PATH before it tries to download them.
# rustup's own folder comes last, for shells that do not have it.
export PATH="$cargo_leptos_dir/bin:$cargo_deny_dir/bin:$cargo_fuzz_dir/bin:$wasm_bindgen_dir/bin:$binaryen_dir/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# One compiler for both halves of the app; set-up writes down which (scripts/setup/toolchain.sh).
if [ -s "$cache/toolchain" ]; then
    RUSTUP_TOOLCHAIN=$(<"$cache/toolchain")
    export RUSTUP_TOOLCHAIN
fi

# Everything here expects the programs below target/.
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET CARGO_BUILD_TARGET_DIR

# Prints one line and ends the script.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}
