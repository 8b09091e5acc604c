#!/usr/bin/env bash
# Makes the release build, with the files it serves inside. They are in target/site too.
#
#   scripts/build.sh         target/release/qq-login, for this machine
#   scripts/build.sh dist    target/dist/qq-login-VERSION-TARGET, statically linked, for any Linux, with its checksum
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

purpose=${1:-run}
program=target/release/qq-login
target=()
case $purpose in
    run) ;;
    dist)
        target=(--target "$musl_target")
        export "CC_${musl_target//-/_}=musl-gcc"
        program=target/$musl_target/release/qq-login
        ;;
    *) die "unknown argument '$purpose': use 'dist' or none" ;;
esac

# The program, named after what it prints as its version, and its checksum.
make_dist() {
    local version name
    if readelf --program-headers --dynamic --wide "$program" | grep -E 'INTERP|NEEDED'; then
        die "$program is not statically linked: see above what it needs"
    fi
    version=$("$program" --version | awk '{ print $2 }')
    name=qq-login-$version-$musl_target
    rm -rf target/dist
    mkdir target/dist
    cp "$program" "target/dist/$name"
    (cd target/dist && sha256sum "$name" >SHA256SUMS)
    printf 'target/dist/%s: %d bytes, %s\n' "$name" "$(wc -c <"$program")" "$("$program" --version)"
}

cd "$root"
node scripts/build-site.mjs

# The program is built from a copy, so that it is compiled again only if a file has changed.
if ! diff --recursive --brief target/site target/embed >/dev/null 2>&1; then
    rm -rf target/embed
    cp -r target/site target/embed
fi

# Without git, the program knows its version only.
if commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
    export QQ_LOGIN_COMMIT=$commit
fi
cargo build --release --locked --package qq-login --features embed "${target[@]}"
[ "$purpose" = run ] || make_dist
