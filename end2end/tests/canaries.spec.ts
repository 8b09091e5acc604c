import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, type APIRequestContext } from "@playwright/test";
import { answersFile, appKey, kinds, secretKey, secretsFile } from "./secrets.ts";

// Runs after all other tests, whose servers logged at the level debug all the while. Wherever something of the run
// was kept or shown, none of its secrets may stand.

const port = Number(process.env.E2E_PORT ?? 3100);
const sandboxes = [port + 10, port + 30].map((port) => `http://127.0.0.1:${port}`);
const folder = process.env.E2E_FOLDER ?? "";

/** QQ's word for an access token that it never gave: "access token is illegal". */
const tokenUnknown = 100013;

const below = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
const inFolder = (name: RegExp) => readdirSync(folder).filter((file) => name.test(file)).map((file) => join(folder, file));

const places = () => ({
  logs: inFolder(/\.log$/),
  answers: [answersFile],
  static: below(fileURLToPath(new URL("../../target/site", import.meta.url))),
  database: inFolder(/\.db(-wal)?$/),
});

test("none of the run's secrets is in a log, an answer, a static file or a database", async () => {
  const held = readFileSync(secretsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const secrets = new Map([["key", [appKey, secretKey, Buffer.from(secretKey).toString("base64")]]]);
  for (const kind of kinds) {
    const values = held.filter((secret) => secret.kind === kind).map((secret) => secret.value);
    secrets.set(kind, [...new Set<string>(values)]);
    expect(secrets.get(kind)?.length, `secrets of the kind ${kind}`).toBeGreaterThan(20);
  }
  for (const [place, files] of Object.entries(places())) {
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes, `bytes of ${place}`).toBeGreaterThan(50_000);
    console.log(`${place}: ${files.length} files, ${bytes} bytes`);
    for (const [kind, values] of secrets) {
      expect(found(values, files), `secrets of the kind ${kind} in ${place}`).toEqual([]);
    }
  }
  console.log(`looked for: ${[...secrets].map(([kind, values]) => `${values.length} of the kind ${kind}`).join(", ")}`);
});

// Nobody but the sandbox knows the tokens, and it does not list them. But it knows one when it is asked.
test("no token of the sandbox is there either", async ({ request }) => {
  for (const sandbox of sandboxes) {
    const [access, refresh] = await tokens(request, sandbox);
    expect(shaped(`${access} ${refresh}`), "what tokens look like").toEqual([access, refresh]);
    expect(await isToken(request, access), "an access token is known as such").toBe(true);
    expect(await isToken(request, refresh), "a refresh token is known as such").toBe(true);
  }

  const { database, ...others } = places();
  for (const file of Object.values(others).flat()) {
    expect(shaped(readFileSync(file, "latin1")), `what looks like a token or an openid in ${file}`).toEqual([]);
  }
  const words = new Set(database.flatMap((file) => shaped(readFileSync(file, "latin1"))));
  expect(words.size, "openids in the database").toBeGreaterThan(20);
  for (const word of words) {
    expect(await isToken(request, word), `a token in the database: ${word}`).toBe(false);
  }
  console.log(`shown to the sandbox: ${words.size} words of the database`);
});

/** Where any of `secrets` stands, as file, line and secret. */
function found(secrets: string[], files: string[]): string[] {
  const { status, stdout, error } = spawnSync("grep", ["-aonHF", "-f", "-", "--", ...files], {
    input: secrets.join("\n"),
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    maxBuffer: 1 << 28,
  });
  // grep's word for: nothing found.
  if (status === 1) {
    return [];
  }
  expect({ status, error }, "grep").toEqual({ status: 0, error: undefined });
  return stdout.trim().split("\n");
}

/** What is like the sandbox's codes, tokens and openids, and QQ's: 32 upper-case hex digits, wherever they begin. */
function shaped(text: string): string[] {
  const words = [...text.matchAll(/(?=([0-9A-F]{32}))/g)].map(([, word]) => word ?? "");
  // Programs hold tables of nothing but digits; no token in a million has none of the letters.
  return words.filter((word) => /[A-F]/.test(word));
}

const app = { client_id: "100000001", client_secret: appKey, fmt: "json" };

/** An access token and a refresh token of our own. */
async function tokens(request: APIRequestContext, sandbox: string): Promise<[string, string]> {
  const redirect_uri = `http://localhost:${Number(new URL(sandbox).port) - 10}/login/qq/callback`;
  const wanted = { ...app, response_type: "code", redirect_uri, state: "canary", sandbox_user: "canary" };
  const consent = await request.get(`${sandbox}/oauth2.0/authorize`, { params: wanted, maxRedirects: 0 });
  const code = new URL(consent.headers()["location"] ?? "").searchParams.get("code") ?? "";
  const trade = { ...app, grant_type: "authorization_code", redirect_uri, code };
  const given = await request.get(`${sandbox}/oauth2.0/token`, { params: trade });
  const { access_token, refresh_token } = await given.json();
  return [access_token, refresh_token];
}

/** Whether a sandbox has given this word out as an access token, or as a refresh token that is still good. */
async function isToken(request: APIRequestContext, word: string): Promise<boolean> {
  for (const sandbox of sandboxes) {
    const me = await request.get(`${sandbox}/oauth2.0/me`, { params: { access_token: word, fmt: "json" } });
    const renewal = { ...app, grant_type: "refresh_token", refresh_token: word };
    const renewed = await request.get(`${sandbox}/oauth2.0/token`, { params: renewal });
    if ((await me.json()).error !== tokenUnknown || "access_token" in (await renewed.json())) {
      return true;
    }
  }
  return false;
}
