import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, type APIRequestContext } from "@playwright/test";
import { folder, mainSite, shortLived } from "../run.ts";
import { appKey, kinds, responsesFile, secretKey, secretsFile, type Secret } from "./secrets.ts";

// Runs after all other tests. The servers log at debug level. No secret of the run may appear in anything that was
// stored, logged or sent.

const root = fileURLToPath(new URL("../..", import.meta.url));

/** QQ's error code for an unknown access token: "access token is illegal". */
const unknownTokenCode = 100013;

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
const filesOfRun = (name: RegExp) => readdirSync(folder).filter((file) => name.test(file)).map((file) => join(folder, file));

/** The files to search, and strings that must be found in them, so that the search itself is tested. */
const places = () => ({
  logs: { files: filesOfRun(/\.log$/), known: [" DEBUG ", "sign_in_started"] },
  responses: { files: [responsesFile], known: ["Sign in with QQ", "x-request-id: "] },
  static: { files: filesBelow(join(root, "target/site")), known: ["aria-busy", "--page-bg:"] },
  database: { files: filesOfRun(/\.db(-wal)?$/), known: ["@example.com", "CREATE TABLE"] },
});

/** The keys passed to the servers, and the sandbox's default key, which is part of the binary. */
const keys = [appKey, secretKey, Buffer.from(secretKey).toString("base64"), defaultAppKey()];

test("s32 s33 s34 s58 s69 no secret of the run is in a log, response, static file or database", async () => {
  const recorded: Secret[] = readFileSync(secretsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const secrets = new Map([["key", keys]]);
  for (const kind of kinds) {
    const values = [...new Set(recorded.filter((secret) => secret.kind === kind).map((secret) => secret.value))];
    expect(values.length, `secrets of the kind ${kind}`).toBeGreaterThan(10);
    // The search must find what is there.
    expect(found(values, [secretsFile]).length, `secrets of the kind ${kind} where they were recorded`).toBeGreaterThanOrEqual(values.length);
    secrets.set(kind, kind === "session" ? values.flatMap(formsOfId) : values);
  }
  expect(found([defaultAppKey()], [join(root, "target/release/qq-login")]), "the default key in the binary").not.toEqual([]);

  for (const [place, { files, known }] of Object.entries(places())) {
    console.log(`${place}: ${files.length} files, ${files.reduce((sum, file) => sum + statSync(file).size, 0)} bytes`);
    for (const word of known) {
      expect(found([word], files), `${word} in ${place}`).not.toEqual([]);
    }
    for (const [kind, values] of secrets) {
      expect(found(values, files), `secrets of the kind ${kind} in ${place}`).toEqual([]);
    }
  }
  console.log(`searched for: ${[...secrets].map(([kind, values]) => `${values.length} of the kind ${kind}`).join(", ")}`);
});

test("s58 no session id is in a database in binary form", async () => {
  const recorded: Secret[] = readFileSync(secretsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const ids = new Set(recorded.filter((secret) => secret.kind === "session").map((secret) => secret.value));
  for (const file of places().database.files) {
    const bytes = readFileSync(file);
    for (const id of ids) {
      for (const form of bytesOfId(id)) {
        expect(bytes.includes(form), `session ${id} in ${file}`).toBe(false);
      }
    }
  }
  console.log(`searched for: ${ids.size} ids`);
});

// Only the sandbox knows the tokens of the main site, and it does not list them; but it can be asked about each candidate.
test("s32 s33 s34 no token of the sandbox is in a log, response, static file or database", async ({ request }) => {
  for (const { sandboxURL, origin } of [mainSite, shortLived]) {
    const [access, refresh] = await obtainTokens(request, sandboxURL, origin);
    expect(findTokenLikeWords(`${access} ${refresh}`), "the pattern of tokens").toEqual([access, refresh]);
    expect(await isToken(request, access), "an access token is recognized").toBe(true);
    expect(await isToken(request, refresh), "a refresh token is recognized").toBe(true);
  }

  const { database, ...others } = places();
  for (const file of Object.values(others).flatMap(({ files }) => files)) {
    expect(findTokenLikeWords(readFileSync(file, "latin1")), `tokens or openids in ${file}`).toEqual([]);
  }
  const words = new Set(database.files.flatMap((file) => findTokenLikeWords(readFileSync(file, "latin1"))));
  expect(words.size, "openids in the database").toBeGreaterThan(20);
  for (const word of words) {
    expect(await isToken(request, word), `a token in the database: ${word}`).toBe(false);
  }
  console.log(`checked with the sandbox: ${words.size} candidates from the database`);
});

test("s33 s111 no token of a mailed link is in a log or database", async ({ request }) => {
  const mails: { text: string }[] = await (await request.get(`${mainSite.sandboxURL}/sandbox/mails`)).json();
  const tokens = mails.flatMap(({ text }) => [...text.matchAll(/\/mail\/([\w-]{43})/g)].map(([, token]) => token ?? ""));
  expect(tokens.length, "tokens in the latest mails").toBeGreaterThan(10);
  const { logs, database } = places();
  expect(found(tokens, [...logs.files, ...database.files])).toEqual([]);
});

/** Finds `secrets` in files, ignoring case: file, line and secret. */
function found(secrets: string[], files: string[]): string[] {
  const { status, stdout, error } = spawnSync("grep", ["-aionHF", "-f", "-", "--", ...files], {
    input: secrets.join("\n"),
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    maxBuffer: 1 << 28,
  });
  // grep exits with 1 if it found nothing.
  if (status === 1) {
    return [];
  }
  expect({ status, error }, "grep").toEqual({ status: 0, error: undefined });
  return stdout.trim().split("\n");
}

/** The 128-bit session id in little-endian (as in the cookie) and big-endian order. */
function bytesOfId(cookie: string): Buffer[] {
  const bytes = Buffer.from(cookie, "base64url");
  expect(bytes.length, `bytes of the session ${cookie}`).toBe(16);
  return [bytes, Buffer.from(bytes).reverse()];
}

/** Text forms of a session id. */
function formsOfId(cookie: string): string[] {
  const hex = bytesOfId(cookie).map((bytes) => bytes.toString("hex"));
  const numbers = hex.map((hex) => BigInt(`0x${hex}`));
  return [cookie, ...hex, ...numbers.flatMap((number) => [number, BigInt.asIntN(128, number)]).map(String)];
}

/** Reads the sandbox's default app key from the documentation. */
function defaultAppKey(): string {
  const [, key] = /^# SANDBOX_APP_KEY=(\w+)$/m.exec(readFileSync(join(root, ".env.example"), "utf8")) ?? [];
  expect(key, "SANDBOX_APP_KEY in .env.example").toBeTruthy();
  return key ?? "";
}

/** Finds words that look like codes, tokens or openids: 32 upper-case hex digits, at any position. */
function findTokenLikeWords(text: string): string[] {
  const words = [...text.matchAll(/(?=([0-9A-F]{32}))/g)].map(([, word]) => word ?? "");
  // Binaries contain tables of digits; less than one token in a million has no letter.
  return words.filter((word) => /[A-F]/.test(word));
}

const app = { client_id: "100000001", client_secret: appKey, fmt: "json" };

/** Obtains an access token and a refresh token directly from the sandbox. */
async function obtainTokens(request: APIRequestContext, sandbox: string, site: string): Promise<[string, string]> {
  const redirect_uri = `${site}/login/qq/callback`;
  const query = { ...app, response_type: "code", redirect_uri, state: "canary", sandbox_user: "canary" };
  const consent = await request.get(`${sandbox}/oauth2.0/authorize`, { params: query, maxRedirects: 0 });
  const code = new URL(consent.headers()["location"] ?? "").searchParams.get("code") ?? "";
  const exchange = { ...app, grant_type: "authorization_code", redirect_uri, code };
  const response = await request.get(`${sandbox}/oauth2.0/token`, { params: exchange });
  const { access_token, refresh_token } = await response.json();
  return [access_token, refresh_token];
}

/** Whether a sandbox issued this word as an access token, or as a refresh token that is still valid. */
async function isToken(request: APIRequestContext, word: string): Promise<boolean> {
  for (const { sandboxURL } of [mainSite, shortLived]) {
    const me = await request.get(`${sandboxURL}/oauth2.0/me`, { params: { access_token: word, fmt: "json" } });
    const refresh = { ...app, grant_type: "refresh_token", refresh_token: word };
    const refreshed = await request.get(`${sandboxURL}/oauth2.0/token`, { params: refresh });
    if ((await me.json()).error !== unknownTokenCode || "access_token" in (await refreshed.json())) {
      return true;
    }
  }
  return false;
}
