#!/usr/bin/env bash
# Builds the image of the Containerfile with buildah, and starts it as a container: its file tree, read-only except for
# the volume, as its user, with its environment. Needs root with the right to mount; without, nothing is checked.
#
#   scripts/check-container.sh [PROGRAM]    (default: the release build, with the libraries it needs)
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source-path=SCRIPTDIR source=setup/common.sh
. "$(dirname "$0")/setup/common.sh"

program=$(realpath "${1:-$root/target/release/qq-login}")
if [ "${IN_MOUNT_NAMESPACE:-}" != yes ]; then
    { can_become_root && as_root unshare --mount true; } || { echo "NOT CHECKED: this needs root, with the right to mount" && exit; }
    as_root env IN_MOUNT_NAMESPACE=yes "PATH=$PATH" unshare --mount "$0" "$program"
    exit
fi

work=$(mktemp -d)
server=
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
    wait
    umount --recursive "${tree:-$work}" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

storage=(buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs)

# Without a registry: the image starts from nothing.
build_image() {
    mkdir -p "$work/context/target/dist"
    cp "$root/Containerfile" "$root/.containerignore" "$work/context/"
    cp -r "$root/deploy" "$work/context/"
    cp "$program" "$work/context/target/dist/qq-login-0.0.0-test"
    "${storage[@]}" build --quiet --format docker --tag qq-login "$work/context" >/dev/null
    container=$("${storage[@]}" from --pull-never qq-login)
    tree=$("${storage[@]}" mount "$container")
}

# image FIELD: prints a list of the image's configuration, an entry per line.
image() {
    "${storage[@]}" inspect --format "{{range .Docker.Config.$1}}{{println .}}{{end}}" "$container" | sed '/^$/d'
}

add_libraries() {
    local library
    for library in $(ldd "$program" 2>/dev/null | sed -n 's|^[^/]*\(/[^ ]*\).*|\1|p'); do
        install -D "$library" "$tree$library"
    done
}

# A new volume gets the content of its directory in the image.
mount_read_only() {
    cp -a "$tree/data" "$work/volume"
    mount --bind "$tree" "$tree"
    mount --bind "$work/volume" "$tree/data"
    mount -o remount,bind,ro "$tree"
}

read -r port sandbox_port < <(free_ports 2)

# in_container COMMAND…: replaces this process.
in_container() {
    exec env --ignore-environment "${environment[@]}" LEPTOS_SITE_ADDR="127.0.0.1:$port" \
        PUBLIC_URL="http://127.0.0.1:$port" SANDBOX_ADDR="127.0.0.1:$sandbox_port" \
        "$chroot" --userspec="$user" --groups= "$tree" "$@"
}

chroot=$(PATH=$PATH:/usr/sbin command -v chroot)
build_image
user=$("${storage[@]}" inspect --format '{{.Docker.Config.User}}' "$container")
mapfile -t environment < <(image Env)
mapfile -t command < <(image Entrypoint && image Cmd)
mapfile -t health_command < <(image Healthcheck.Test | sed 1d)
add_libraries
mount_read_only
touch "$tree/file" 2>/dev/null && die "the root is writable"

in_container "${command[@]}" 2>"$work/log" &
server=$!
for ((tries = 0; tries < 150; tries++)); do
    health=$(in_container "${health_command[@]}" 2>&1) && break
    kill -0 "$server" 2>/dev/null || die "the program ended: $(tail -n 3 "$work/log")"
    sleep 0.2
done
[ "$tries" -lt 150 ] || die "the health check fails: $health"
owner=$(stat --format %u:%g "/proc/$server")
[ "$owner" = 65532:65532 ] || die "the program runs as $owner"
status=$(node -e 'fetch(process.argv[1]).then((page) => console.log(page.status))' "http://127.0.0.1:$port/login")
[ "$status" = 200 ] || die "/login: $status"
kill -TERM "$server"
wait "$server" || die "the program exits with $?: $(tail -n 3 "$work/log")"
server=
[ -s "$work/volume/qq-login.db" ] || die "the volume has no database: $(ls -A "$work/volume")"
echo "the image starts as $owner on a read-only root: ${command[*]}"
