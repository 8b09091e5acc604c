import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, type APIRequestContext } from "@playwright/test";
import { folder, shortLived, usual } from "../run.ts";
import { answersFile, appKey, kinds, secretKey, secretsFile, type Secret } from "./secrets.ts";

// Runs after all other tests, whose servers logged at the level debug all the while. Wherever something of the run
// was kept or shown, none of its secrets may stand.

const root = fileURLToPath(new URL("../..", import.meta.url));

/** QQ's word for an access token that it never gave: "access token is illegal". */
const tokenUnknown = 100013;

const below = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
const inFolder = (name: RegExp) => readdirSync(folder).filter((file) => name.test(file)).map((file) => join(folder, file));

/** Where to look, and what anybody may find there. */
const places = () => ({
  logs: { files: inFolder(/\.log$/), known: [" DEBUG ", "sign_in_started"] },
  answers: { files: [answersFile], known: ["Sign in with QQ", "x-request-id: "] },
  static: { files: below(join(root, "target/site")), known: ["aria-busy", "--paper:"] },
  database: { files: inFolder(/\.db(-wal)?$/), known: ["@example.com", "CREATE TABLE"] },
});

/** The keys that the servers were given, and the sandbox's usual one, which stands in every program. */
const keys = [appKey, secretKey, Buffer.from(secretKey).toString("base64"), usualAppKey()];

test("s32 s33 s34 s58 s69 none of the run's secrets is in a log, an answer, a static file or a database", async () => {
  const held: Secret[] = readFileSync(secretsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const secrets = new Map([["key", keys]]);
  for (const kind of kinds) {
    const values = [...new Set(held.filter((secret) => secret.kind === kind).map((secret) => secret.value))];
    expect(values.length, `secrets of the kind ${kind}`).toBeGreaterThan(10);
    // So that nothing found means that nothing is there.
    expect(found(values, [secretsFile]).length, `secrets of the kind ${kind} where they were noted`).toBeGreaterThanOrEqual(values.length);
    secrets.set(kind, kind === "session" ? values.flatMap(formsOfId) : values);
  }
  expect(found([usualAppKey()], [join(root, "target/release/qq-login")]), "a key in a program that holds one").not.toEqual([]);

  for (const [place, { files, known }] of Object.entries(places())) {
    console.log(`${place}: ${files.length} files, ${files.reduce((sum, file) => sum + statSync(file).size, 0)} bytes`);
    for (const word of known) {
      expect(found([word], files), `${word} in ${place}`).not.toEqual([]);
    }
    for (const [kind, values] of secrets) {
      expect(found(values, files), `secrets of the kind ${kind} in ${place}`).toEqual([]);
    }
  }
  console.log(`looked for: ${[...secrets].map(([kind, values]) => `${values.length} of the kind ${kind}`).join(", ")}`);
});

test("s58 no session id is in a database as the bytes it stands for", async () => {
  const held: Secret[] = readFileSync(secretsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const ids = new Set(held.filter((secret) => secret.kind === "session").map((secret) => secret.value));
  for (const file of places().database.files) {
    const bytes = readFileSync(file);
    for (const id of ids) {
      for (const form of bytesOfId(id)) {
        expect(bytes.includes(form), `session ${id} in ${file}`).toBe(false);
      }
    }
  }
  console.log(`looked for: ${ids.size} ids`);
});

// Nobody but the sandbox knows the tokens of the usual site, and it does not list them. But it knows one when it is asked.
test("s32 s33 s34 no token of the sandbox is there either", async ({ request }) => {
  for (const { sandboxURL, origin } of [usual, shortLived]) {
    const [access, refresh] = await tokens(request, sandboxURL, origin);
    expect(shaped(`${access} ${refresh}`), "what tokens look like").toEqual([access, refresh]);
    expect(await isToken(request, access), "an access token is known as such").toBe(true);
    expect(await isToken(request, refresh), "a refresh token is known as such").toBe(true);
  }

  const { database, ...others } = places();
  for (const file of Object.values(others).flatMap(({ files }) => files)) {
    expect(shaped(readFileSync(file, "latin1")), `what looks like a token or an openid in ${file}`).toEqual([]);
  }
  const words = new Set(database.files.flatMap((file) => shaped(readFileSync(file, "latin1"))));
  expect(words.size, "openids in the database").toBeGreaterThan(20);
  for (const word of words) {
    expect(await isToken(request, word), `a token in the database: ${word}`).toBe(false);
  }
  console.log(`shown to the sandbox: ${words.size} words of the database`);
});

/** Where any of `secrets` stands, whatever its case, as file, line and secret. */
function found(secrets: string[], files: string[]): string[] {
  const { status, stdout, error } = spawnSync("grep", ["-aionHF", "-f", "-", "--", ...files], {
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

/** The number of a session, 128 bits, as its cookie has it: from the lowest byte up; and the other way round. */
function bytesOfId(cookie: string): Buffer[] {
  const bytes = Buffer.from(cookie, "base64url");
  expect(bytes.length, `bytes of the session ${cookie}`).toBe(16);
  return [bytes, Buffer.from(bytes).reverse()];
}

/** What text a session's number may be written as. */
function formsOfId(cookie: string): string[] {
  const hex = bytesOfId(cookie).map((bytes) => bytes.toString("hex"));
  const numbers = hex.map((hex) => BigInt(`0x${hex}`));
  return [cookie, ...hex, ...numbers.flatMap((number) => [number, BigInt.asIntN(128, number)]).map(String)];
}

/** As the documentation names it. */
function usualAppKey(): string {
  const [, key] = /^# SANDBOX_APP_KEY=(\w+)$/m.exec(readFileSync(join(root, ".env.example"), "utf8")) ?? [];
  expect(key, "SANDBOX_APP_KEY in .env.example").toBeTruthy();
  return key ?? "";
}

/** What is like the sandbox's codes, tokens and openids, and QQ's: 32 upper-case hex digits, wherever they begin. */
function shaped(text: string): string[] {
  const words = [...text.matchAll(/(?=([0-9A-F]{32}))/g)].map(([, word]) => word ?? "");
  // Programs hold tables of nothing but digits; no token in a million has none of the letters.
  return words.filter((word) => /[A-F]/.test(word));
}

const app = { client_id: "100000001", client_secret: appKey, fmt: "json" };

/** An access token and a refresh token of our own. */
async function tokens(request: APIRequestContext, sandbox: string, site: string): Promise<[string, string]> {
  const redirect_uri = `${site}/login/qq/callback`;
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
  for (const { sandboxURL } of [usual, shortLived]) {
    const me = await request.get(`${sandboxURL}/oauth2.0/me`, { params: { access_token: word, fmt: "json" } });
    const renewal = { ...app, grant_type: "refresh_token", refresh_token: word };
    const renewed = await request.get(`${sandboxURL}/oauth2.0/token`, { params: renewal });
    if ((await me.json()).error !== tokenUnknown || "access_token" in (await renewed.json())) {
      return true;
    }
  }
  return false;
}
