import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Request } from "@playwright/test";

// The secrets of a run, and everything the site answers, for canaries.spec.ts to look for the ones in the other.

/** What the servers are given by playwright.config.ts. */
export const appKey = "canary0app0key0of0the0browser0suite";
/** 32 bytes, which the servers are given in base64. */
export const secretKey = "canary-of-the-browser-suite-0001";

/** What kinds of secrets browsers hold and hand over. */
export const kinds = ["session", "attempt", "code"] as const;
type Kind = (typeof kinds)[number];

const folder = process.env.E2E_FOLDER ?? ".";
export const secretsFile = join(folder, "secrets.jsonl");
export const answersFile = join(folder, "answers.txt");

/** Writes down the secrets that browsers come to hold, and what `site` answers them. */
export class Notes {
  private secrets: { kind: Kind; value: string }[] = [];
  private answers: string[] = [];
  private reading: Promise<void>[] = [];

  private readonly site: string;

  constructor(address: string) {
    this.site = new URL(address).origin;
  }

  over(context: BrowserContext) {
    // Whatever has not finished may never do so, and nobody waits for it.
    context.on("requestfinished", (request) => {
      if (new URL(request.url()).origin === this.site) {
        this.noteCode(new URL(request.url()));
        this.reading.push(this.noteAnswer(request).catch(() => {}));
      }
    });
  }

  /** To be called while the context is open: some cookies came to it without a page. */
  async takeCookiesOf(context: BrowserContext) {
    for (const { name, value } of await context.cookies(this.site)) {
      this.noteCookie(name, value);
    }
  }

  async writeDown() {
    await Promise.all(this.reading);
    appendFileSync(secretsFile, this.secrets.map((secret) => `${JSON.stringify(secret)}\n`).join(""));
    appendFileSync(answersFile, this.answers.join(""));
  }

  private noteCode(url: URL) {
    const code = url.pathname === "/login/qq/callback" ? url.searchParams.get("code") : null;
    if (code) {
      this.secrets.push({ kind: "code", value: code });
    }
  }

  private noteCookie(name: string, value: string) {
    const kind = kinds.find((kind) => kind === name || name.startsWith(`${kind}-`));
    if (kind && value) {
      this.secrets.push({ kind, value });
    }
  }

  /** All but the one place where a secret has to stand: the value of its cookie. And no static files. */
  private async noteAnswer(request: Request) {
    const response = await request.response();
    if (!response || new URL(request.url()).pathname.startsWith("/pkg/")) {
      return;
    }
    const headers = await response.headersArray();
    this.answers.push(`\n${response.status()}\n`);
    for (const { name, value } of headers) {
      const [, cookie, secret, attributes] = /^(session|attempt-\w+)=([^;]*)(.*)$/s.exec(value) ?? [];
      if (name.toLowerCase() === "set-cookie" && cookie && secret !== undefined) {
        this.noteCookie(cookie, secret);
        this.answers.push(`${name}: ${cookie}=${attributes}\n`);
      } else {
        this.answers.push(`${name}: ${value}\n`);
      }
    }
    if (/^(text|application\/json)/.test(response.headers()["content-type"] ?? "")) {
      this.answers.push(await response.text());
    }
  }
}
