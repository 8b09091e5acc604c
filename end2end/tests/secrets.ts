import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../run.ts";

// The secrets of a run, and everything the sites answer, for canaries.spec.ts to look for the ones in the other.

/** What the servers are given by playwright.config.ts. */
export const appKey = "canary0app0key0of0the0browser0suite";
/** 32 bytes, which the servers are given in base64. */
export const secretKey = "canary-of-the-browser-suite-0001";

/** What kinds of secrets are handed out: cookies by the site, codes and tokens by QQ. */
export const kinds = ["session", "attempt", "code", "token"] as const;
export type Kind = (typeof kinds)[number];
export type Secret = { kind: Kind; value: string };

export const secretsFile = join(folder, "secrets.jsonl");
export const answersFile = join(folder, "answers.txt");

/** What was asked for, and what was answered. */
export type Exchange = { url: string; status: number; headers: [string, string][]; body: string };

/** Notes an answer of a site. All but the one place where a secret has to stand: the value of its cookie. */
export function noteAnswerOfSite({ url, status, headers, body }: Exchange) {
  const { pathname, searchParams } = new URL(url, "http://site");
  if (pathname === "/login/qq/callback") {
    noteSecrets("code", searchParams.getAll("code"));
  }
  const lines = headers.map(([name, value]) => {
    const [, cookie = "", kind, secret = "", attributes] = /^((session|attempt)[\w-]*)=([^;]*)(.*)$/s.exec(value) ?? [];
    if (name.toLowerCase() !== "set-cookie" || !kind) {
      return `${name}: ${value}`;
    }
    noteSecrets(kind as Kind, [secret]);
    return `${name}: ${cookie}=${attributes}`;
  });
  // What lies below it is looked through where it comes from.
  const elsewhere = pathname.startsWith("/pkg/") ? "" : body;
  // A person's own copy of their data is the one answer that names their openid.
  const shown = pathname === "/account/export" ? elsewhere.replace(/("(?:openid|unionid)": )"\w+"/g, "$1") : elsewhere;
  appendFileSync(answersFile, ["", status, ...lines, "", shown, ""].join("\n"));
}

/** Notes what QQ tells the site alone. */
export function noteAnswerOfQQ({ url, body }: Exchange) {
  if (new URL(url, "http://qq").pathname === "/oauth2.0/token") {
    const tokens = body.matchAll(/\b(?:access|refresh)_token"?[=:] ?"?(\w+)/g);
    noteSecrets("token", [...tokens].map(([, token]) => token ?? ""));
  }
}

function noteSecrets(kind: Kind, values: string[]) {
  const secrets: Secret[] = values.filter((value) => value !== "").map((value) => ({ kind, value }));
  appendFileSync(secretsFile, secrets.map((secret) => `${JSON.stringify(secret)}\n`).join(""));
}
