#!/usr/bin/env bash
# Starts the release build in the foreground and prints its address as soon as it answers. Ctrl-C stops it.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

# shellcheck source-path=SCRIPTDIR source=settings.sh
. scripts/settings.sh

address=$(setting LEPTOS_SITE_ADDR 127.0.0.1:3000)
url=$(setting PUBLIC_URL http://localhost:3000)
port=${address##*:}
host=$(printf '%s' "${address%:*}" | tr -d '[]')
case $host in 0.0.0.0 | ::) host=127.0.0.1 ;; esac

# Plain bash, because curl is not installed everywhere.
is_listening() {
    (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null
}

is_healthy() {
    (
        exec 3<>"/dev/tcp/$host/$port" || exit
        printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
        read -r -t 2 line <&3
        [[ $line == HTTP/*" 200"* ]]
    ) 2>/dev/null
}

is_listening && die "port $port is in use: stop the program that uses it, or set LEPTOS_SITE_ADDR and PUBLIC_URL to another port"

use_sandbox_mailbox

target/release/qq-login &
server=$!
trap 'kill -TERM "$server" 2>/dev/null || true' INT TERM HUP

# `wait` returns early on a signal, while the server may still be finishing requests.
wait_for_exit() {
    local status=0
    wait "$server" || status=$?
    while kill -0 "$server" 2>/dev/null; do
        status=0
        wait "$server" || status=$?
    done
    return "$status"
}

for ((tries = 0; tries < 150; tries++)); do
    kill -0 "$server" 2>/dev/null || break
    if is_healthy; then
        printf '\n    qq-login is running: %s\n' "$url"
        if [ "${SMTP_URL:-}" = sandbox ]; then
            printf '    The mail it sends: http://%s/sandbox/mailbox\n' "$(setting SANDBOX_ADDR 127.0.0.1:3010)"
        fi
        printf '    Press Ctrl-C to stop.\n\n'
        wait_for_exit || die "the server exited with status $?: see its last message above"
        exit 0
    fi
    sleep 0.2
done

if kill -0 "$server" 2>/dev/null; then
    kill -TERM "$server"
    wait_for_exit || true
    die "the server did not answer at $address within 30 seconds: see its messages above"
fi
wait_for_exit || die "the server did not start (status $?): see its message above"
die "the server exited before it answered"
