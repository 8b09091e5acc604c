#!/usr/bin/env bash
# Checks that the program, alone in an empty folder, serves every file of a site root.
#
#   scripts/check-single-file.sh [PROGRAM [SITE_ROOT]]    (default: the release build)
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"

program=$(realpath "${1:-$root/target/release/qq-login}")
site=$(realpath "${2:-$root/target/site}")
folder=$(mktemp -d)
server=
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
    wait
    rm -rf "$folder"
}
trap clean_up EXIT

cp "$program" "$folder/qq-login"
cd "$folder"
read -r port sandbox_port < <(free_ports 2)
export LEPTOS_SITE_ADDR=127.0.0.1:$port PUBLIC_URL=http://127.0.0.1:$port SANDBOX_ADDR=127.0.0.1:$sandbox_port
env -u LEPTOS_SITE_ROOT ./qq-login 2>log &
server=$!
for ((tries = 0; tries < 150; tries++)); do
    ./qq-login healthcheck >/dev/null 2>&1 && break
    kill -0 "$server" 2>/dev/null || die "the program ended: $(tail -n 3 log)"
    sleep 0.2
done

# Every file that the build wrote, in the form that the client asks for, and the page that loads them.
node - "$PUBLIC_URL" "$site" <<'EOF'
const { readFileSync, readdirSync, existsSync } = require("fs");
const http = require("http");
const [url, site] = process.argv.slice(2);
const get = (path, accept) => new Promise((resolve, reject) => {
    http.get(url + path, { headers: { "accept-encoding": accept } }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => resolve({ headers: response.headers, status: response.statusCode, body: Buffer.concat(parts) }));
    }).on("error", reject);
});
const fail = (reason) => { console.error(`check-single-file.sh: ${reason}`); process.exit(1); };
(async () => {
    const files = readdirSync(site, { recursive: true }).filter((file) => /\.(css|js|wasm|svg|png|txt)$/.test(file));
    if (files.length < 4) fail("no release build: run 'make build'");
    for (const file of files) {
        for (const [accept, ending] of [["br", ".br"], ["gzip", ".gz"], ["identity", ""]]) {
            const form = existsSync(`${site}/${file}${ending}`) ? `${file}${ending}` : file;
            // The gzip form contains the time it was made.
            const { status, headers, body } = await get(`/${file}`, accept);
            const isSame = ending === ".gz" || body.equals(readFileSync(`${site}/${form}`));
            const encoding = form === file ? undefined : accept;
            if (status !== 200 || headers["content-encoding"] !== encoding || !isSame) fail(`/${file} (${accept}): ${status}`);
        }
    }
    const page = (await get("/login", "identity")).body.toString();
    const assets = [...page.matchAll(/"(\/[^"]*\.[0-9a-f]{16}\.(?:css|js|wasm))"/g)].map((match) => match[1]);
    if (assets.length < 4) fail("the page loads no assets");
    for (const asset of assets) {
        const { headers } = await get(asset, "br");
        const isCompressed = headers["content-encoding"] === "br";
        if (!isCompressed || !headers["cache-control"]?.includes("immutable")) fail(`${asset} may not be cached`);
    }
    console.log(`one file of ${readFileSync("qq-login").length} bytes serves ${files.length} static files`);
})();
EOF
