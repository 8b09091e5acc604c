import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { folder, mainSite, shortLived } from "./run.ts";
import { appKey, secretKey } from "./tests/secrets.ts";

// The tests start the release build with its sandbox, on free ports and with a new database, so that they run the same
// way under `make test`, `cargo leptos end-to-end --release` and `npx playwright test`. BASE_URL=http://… tests a server
// that is already running, without the tests of short-lived tokens.
const root = fileURLToPath(new URL("..", import.meta.url));
const program = join(root, "target/release/qq-login");
const baseURL = process.env.BASE_URL ?? mainSite.origin;

process.env.CHROMIUM ??= execFileSync(join(root, "scripts/find-chromium.sh"), { encoding: "utf8" }).trim();
// The sandbox's control API, for the tests.
process.env.SANDBOX_URL ??= mainSite.sandboxURL;

/** A separate site whose tokens live five seconds. Its faults do not affect other tests. */
const shortLivedTests = {
  name: "short-lived",
  testMatch: "short-lived.spec.ts",
  fullyParallel: false,
  workers: 1,
  use: { baseURL: shortLived.origin },
};

/** Searches what all other tests left behind. Playwright skips it, like `faults`, if one of them fails. */
const canaries = {
  name: "canaries",
  testMatch: "canaries.spec.ts",
  dependencies: ["short-lived", "faults"],
};

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  // No test measures time, so a slow or busy machine must not fail one.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    baseURL,
    // Traces cost a third of the time; enable them with `npx playwright test --trace on`.
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // Chromium's own sandbox does not work as root. The other options stop background requests.
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-gpu",
        "--disable-quic",
      ],
    },
  },
  projects: [
    // The same journeys with JavaScript, with WebAssembly blocked, and without JavaScript. Tests that need both run in `js` only.
    { name: "js", testIgnore: ["faults.spec.ts", "short-lived.spec.ts", "canaries.spec.ts"] },
    { name: "no-wasm", testMatch: "journeys/*.spec.ts" },
    { name: "no-js", testMatch: "journeys/*.spec.ts", use: { javaScriptEnabled: false } },
    ...(process.env.BASE_URL ? [] : [shortLivedTests, canaries]),
    // A fault affects the next request to the sandbox, so these tests run alone.
    {
      name: "faults",
      testMatch: "faults.spec.ts",
      dependencies: ["js", "no-wasm", "no-js"],
      fullyParallel: false,
      workers: 1,
    },
  ],
  webServer: process.env.BASE_URL ? undefined : servers(),
  globalSetup: process.env.BASE_URL ? undefined : "./recorder.ts",
});

/** Two sites, each behind a recording proxy (recorder.ts): one with the built-in sandbox, one with a separate sandbox. */
function servers() {
  const app = { SANDBOX_APP_KEY: appKey };
  const qq = { QQ_APP_ID: "100000001", QQ_APP_KEY: appKey, QQ_GRAPH_URL: `http://127.0.0.1:${shortLived.qqPort}` };
  return [
    server("site", mainSite.port, {
      ...siteEnvironment("site", mainSite),
      ...app,
      SANDBOX_ADDR: `127.0.0.1:${mainSite.sandboxPort}`,
      SMTP_URL: "sandbox",
      MAIL_FROM: "Site <site@example.com>",
    }),
    server("short-lived", shortLived.port, { ...siteEnvironment("short-lived", shortLived), ...qq }),
    server("sandbox", shortLived.sandboxPort, {
      ...app,
      SANDBOX_ADDR: `127.0.0.1:${shortLived.sandboxPort}`,
      SANDBOX_CALLBACKS: `${shortLived.origin}/login/qq/callback`,
      SANDBOX_TOKEN_TTL: "5",
    }),
  ];
}

function siteEnvironment(name: string, { port, origin }: typeof mainSite) {
  return {
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    PUBLIC_URL: origin,
    DATABASE_URL: `sqlite://${folder}/${name}.db`,
    RATE_LIMIT: "off",
    SECRET_KEY: Buffer.from(secretKey).toString("base64"),
  };
}

/** Starts the release build: a site, or only the sandbox. */
function server(name: string, port: number, environment: Record<string, string>) {
  const [command, home] = name === "sandbox" ? ["sandbox", "/"] : ["serve", "/healthz"];
  return {
    // canaries.spec.ts searches the log. If the server cannot start, its last lines are printed. The trap makes the shell
    // wait for the server on SIGTERM.
    command: `trap : TERM; '${program}' ${command} 2>>${name}.log || { tail -n 5 ${name}.log >&2; exit 1; }`,
    cwd: folder,
    url: `http://127.0.0.1:${port}${home}`,
    reuseExistingServer: false,
    timeout: 30_000,
    gracefulShutdown: { signal: "SIGTERM" as const, timeout: 15_000 },
    stderr: "pipe" as const,
    env: { RUST_LOG: "debug", ...environment },
  };
}
