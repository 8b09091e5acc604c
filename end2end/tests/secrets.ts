import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../run.ts";

// Records the secrets of a run and all responses of the sites; canaries.spec.ts searches the responses for the secrets.

/** The app key that playwright.config.ts passes to the servers. */
export const appKey = "canary0app0key0of0the0browser0suite";
/** 32 bytes; the servers receive them in base64. */
export const secretKey = "canary-of-the-browser-suite-0001";

/** Kinds of secrets: cookies issued by the site, codes and tokens issued by QQ. */
export const kinds = ["session", "attempt", "code", "token"] as const;
export type Kind = (typeof kinds)[number];
export type Secret = { kind: Kind; value: string };

export const secretsFile = join(folder, "secrets.jsonl");
export const responsesFile = join(folder, "responses.txt");

/** A request URL and its response. */
export type Exchange = { url: string; status: number; headers: [string, string][]; body: string };

/** Records a response of a site, without the values of session and login cookies, where secrets belong. */
export function recordSiteResponse({ url, status, headers, body }: Exchange) {
  const { pathname, searchParams } = new URL(url, "http://site");
  if (pathname === "/login/qq/callback") {
    recordSecrets("code", searchParams.getAll("code"));
  }
  const lines = headers.map(([name, value]) => {
    const [, cookie = "", kind, secret = "", attributes] = /^((session|attempt)[\w-]*)=([^;]*)(.*)$/s.exec(value) ?? [];
    if (name.toLowerCase() !== "set-cookie" || !kind) {
      return `${name}: ${value}`;
    }
    recordSecrets(kind as Kind, [secret]);
    return `${name}: ${cookie}=${attributes}`;
  });
  // canaries.spec.ts searches static files on disk.
  const text = pathname.startsWith("/pkg/") ? "" : body;
  // The data export is the only response that contains the user's openid.
  const recorded = pathname === "/account/export" ? text.replace(/("(?:openid|unionid)": )"\w+"/g, "$1") : text;
  appendFileSync(responsesFile, ["", status, ...lines, "", recorded, ""].join("\n"));
}

/** Records the tokens that QQ sends to the site. */
export function recordQQResponse({ url, body }: Exchange) {
  if (new URL(url, "http://qq").pathname === "/oauth2.0/token") {
    const tokens = body.matchAll(/\b(?:access|refresh)_token"?[=:] ?"?(\w+)/g);
    recordSecrets("token", [...tokens].map(([, token]) => token ?? ""));
  }
}

function recordSecrets(kind: Kind, values: string[]) {
  const secrets: Secret[] = values.filter((value) => value !== "").map((value) => ({ kind, value }));
  appendFileSync(secretsFile, secrets.map((secret) => `${JSON.stringify(secret)}\n`).join(""));
}
