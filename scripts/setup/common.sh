# shellcheck shell=bash disable=SC2154 # (set by env.sh)
# Helpers for the set-up steps.

# step NAME DURATION: announces a step and how long it usually takes.
step() {
    printf '==> %s (usually %s)\n' "$1" "$2"
}

# Set-ups that run at the same time (two clones, or `make run` and `make test`) take turns.
wait_for_other_setups() {
    mkdir -p "$cache" || die "cannot write to $cache: make it writable, or set XDG_CACHE_HOME to a folder that is"
    command -v flock >/dev/null || return 0
    exec 9>"$cache/lock"
    if ! flock --nonblock 9; then
        echo "==> Waiting for another set-up to finish (it holds $cache/lock)"
        flock 9
    fi
}

# Required by Playwright.
oldest_node=20

require_programs() {
    command -v cc >/dev/null || die "no C compiler: install one (Debian: apt-get install gcc libc6-dev), then run this again"
    { command -v node && command -v npm; } >/dev/null \
        || die "no Node.js: install node and npm, version $oldest_node or newer, then run this again"
    node -e 'process.exit(parseInt(process.versions.node) < Number(process.argv[1]) ? 1 : 0)' "$oldest_node" \
        || die "Node.js is too old ($(node --version)): install version $oldest_node or newer, then run this again"
    command -v rustup >/dev/null \
        || die "no rustup: install it from https://rustup.rs with the stable toolchain, then run this again"
}

# Prints an empty folder for a step in progress. A tool counts as installed only after its folder was
# moved to its final place, so whatever an interrupted set-up left here is deleted.
fresh_folder() {
    rm -rf "$cache/unfinished"
    mkdir -p "$cache/unfinished"
    printf '%s\n' "$cache/unfinished"
}

# with_time_limit SECONDS COMMAND…
with_time_limit() {
    if command -v timeout >/dev/null; then
        timeout --foreground --kill-after=5 "$@"
    else
        shift
        "$@"
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

can_become_root() {
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null && { [ -t 0 ] || sudo --non-interactive true 2>/dev/null; }; }
}

# shellcheck disable=SC2034 # used by the other files
by_hand="apt-get could not install this: see its message above, install it by hand, then run this again"

# apt_install PACKAGE…
apt_install() {
    command -v apt-get >/dev/null || die "there is no apt-get: install these by hand, then run this again: $*"
    can_become_root || die "this needs root: run 'apt-get install --no-install-recommends $*' as root, then run this again"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=600)
    # Outdated package lists name versions that the servers no longer have.
    as_root "${apt[@]}" update || true
    as_root "${apt[@]}" install --no-install-recommends "$@"
}

is_apt_installed() {
    dpkg-query --show --showformat='${db:Status-Status}\n' "$@" 2>/dev/null | awk '$0 != "installed" { bad = 1 } END { exit bad || NR < '$#' }'
}
