#!/usr/bin/env bash
# Runs a command with a temporary PostgreSQL server on a free port:
#
#   scripts/with-postgres.sh COMMAND…    with TEST_POSTGRES_URL in its environment
#   scripts/with-postgres.sh --durable COMMAND…    the same, but commits wait for the disk, as for `load instances`
#   scripts/with-postgres.sh --find      prints the folder of PostgreSQL's programs
#
# Server and data are removed when the command ends.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

find_programs() {
    local folder found=
    # Debian keeps them off PATH, one folder per version; the newest comes last.
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && found=$folder
    done
    if [ -z "$found" ] && command -v initdb >/dev/null && command -v postgres >/dev/null; then
        found=$(dirname "$(command -v postgres)")
    fi
    [ -n "$found" ] && printf '%s\n' "$found"
}

programs=$(find_programs) || die "no PostgreSQL found: install it (Debian: apt-get install postgresql), then run this again"
if [ "${1:-}" = --find ]; then
    echo "$programs"
    exit
fi
# The data is temporary.
durability=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
if [ "${1:-}" = --durable ]; then
    durability=()
    shift
fi
[ $# -gt 0 ] || die "no command given"

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    owner=postgres
    id "$owner" >/dev/null 2>&1 || owner=nobody
    as_owner=(runuser -u "$owner" --)
fi

folder=$(mktemp -d -t qq-login-postgres.XXXXXX)
server=
command=
# shellcheck disable=SC2317 # called by the trap
stop() {
    [ -z "$command" ] || kill -TERM -- "-$command" 2>/dev/null || true
    if [ -n "$server" ]; then
        # INT stops the server without waiting for clients. runuser does not pass signals on, so it goes to the server itself.
        kill -INT "$(head -n 1 "$folder/data/postmaster.pid")" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A password, because other users of this machine can reach the port too.
password=$(node -p 'crypto.randomBytes(16).toString("hex")')
port=$(free_ports 1)
(umask 077 && printf '%s\n' "$password" >"$folder/password")
[ ${#as_owner[@]} -eq 0 ] || chown -R "$owner" "$folder"

cd "$folder" # a folder that the server's user may enter
"${as_owner[@]}" "$programs/initdb" --pgdata="$folder/data" --username=test --pwfile="$folder/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$folder/log" 2>&1 \
    || die "PostgreSQL could not create a database: $(tail -n 1 "$folder/log")"
"${as_owner[@]}" "$programs/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= "${durability[@]}" \
    -c max_connections=200 >>"$folder/log" 2>&1 &
server=$!
for ((tries = 0; ; tries++)); do
    grep -q 'ready to accept connections' "$folder/log" && break
    { kill -0 "$server" 2>/dev/null && [ "$tries" -lt 150 ]; } || die "PostgreSQL did not start: $(tail -n 1 "$folder/log")"
    sleep 0.2
done

cd "$root"
export TEST_POSTGRES_URL="postgres://test:$password@127.0.0.1:$port/postgres"
# In its own process group, so that a signal to this script stops all of it before PostgreSQL stops.
set -m
"$@" &
command=$!
set +m
status=0
wait "$command" || status=$?
command=
exit "$status"
