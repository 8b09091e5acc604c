# shellcheck shell=bash
# Sourced by the other scripts: tool versions, where tools are installed, and the Rust toolchain.

# shellcheck disable=SC2034  # used by the scripts that source this one
{
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
    # Tools are kept by version and outside the checkout, so that all clones share them.
    cache="${XDG_CACHE_HOME:-$HOME/.cache}/qq-login"

    cargo_leptos_version=0.3.11
    cargo_deny_version=0.20.2
    cargo_fuzz_version=0.13.2
    # wasm-bindgen's command-line tool must have exactly the version of the crate.
    wasm_bindgen_version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/version = |"/, ""); print }' "$root/Cargo.lock")

    # The static build. Its programs run on any Linux with this processor.
    musl_target="$(uname -m)-unknown-linux-musl"

    cargo_leptos_dir="$cache/cargo-leptos-$cargo_leptos_version"
    wasm_bindgen_dir="$cache/wasm-bindgen-cli-$wasm_bindgen_version"
    # Node packages that make the style sheet, the script and the module small.
    export site_tools_dir
    site_tools_dir="$cache/site-tools-$(cksum <"$root/scripts/site-tools/package-lock.json" | cut -d ' ' -f 1)"
    cargo_deny_dir="$cache/cargo-deny-$cargo_deny_version"
    cargo_fuzz_dir="$cache/cargo-fuzz-$cargo_fuzz_version"
    promtool_dir="$cache/promtool"
    # Python clients for the sandbox tests, one environment per version of the requirements file.
    python_clients_dir="$cache/python-clients-$(cksum <"$root/end2end/clients/requirements.txt" | cut -d ' ' -f 1)"
}

# cargo-leptos looks for wasm-bindgen and wasm-opt on PATH before it downloads them.
# rustup's folder comes last, for shells that do not have it on PATH.
export PATH="$cargo_leptos_dir/bin:$cargo_deny_dir/bin:$cargo_fuzz_dir/bin:$promtool_dir/bin:$wasm_bindgen_dir/bin:$site_tools_dir/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# One toolchain for server and browser, chosen by scripts/setup/toolchain.sh.
if [ -s "$cache/toolchain" ]; then
    RUSTUP_TOOLCHAIN=$(<"$cache/toolchain")
    export RUSTUP_TOOLCHAIN
fi

# The scripts expect build output in target/.
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET CARGO_BUILD_TARGET_DIR

# Prints an error on one line and exits.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# free_ports COUNT: prints free ports of 127.0.0.1 on one line.
free_ports() {
    node -e '
        const open = () => require("net").createServer().listen(0, "127.0.0.1");
        const servers = Array.from({ length: process.argv[1] }, open);
        setTimeout(() => {
            console.log(servers.map((server) => server.address().port).join(" "));
            servers.forEach((server) => server.close());
        });' "$1"
}
