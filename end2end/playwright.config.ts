import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { folder, shortLived, usual } from "./run.ts";
import { appKey, secretKey } from "./tests/secrets.ts";

// The tests start the release build themselves, with the built-in sandbox, on ports and with a database
// of their own. So they run in the same way under `make test`, `cargo leptos end-to-end --release` and
// `npx playwright test`. BASE_URL=http://… tests a server that runs already, but for short-lived tokens.
const root = fileURLToPath(new URL("..", import.meta.url));
const program = join(root, "target/release/qq-login");
const baseURL = process.env.BASE_URL ?? usual.origin;

process.env.CHROMIUM ??= execFileSync(join(root, "scripts/find-chromium.sh"), { encoding: "utf8" }).trim();
// Where the tests find the sandbox's scripting routes.
process.env.SANDBOX_URL ??= usual.sandboxURL;

/** A site of its own, whose tokens live five seconds. Its faults strike nobody else. */
const shortLivedTests = {
  name: "short-lived",
  testMatch: "short-lived.spec.ts",
  fullyParallel: false,
  workers: 1,
  use: { baseURL: shortLived.origin },
};

/** Looks through what all others have left behind: Playwright leaves it out if one of them fails, as it does `faults`. */
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
  // No test measures time, and a machine that is slow or busy is no defect of the site.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    baseURL,
    // A trace costs a third of the time; `npx playwright test --trace on` makes one.
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // Chromium has no sandbox for root. The rest keeps it from talking to anyone but the server.
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
    // The same journeys with JavaScript, with JavaScript but no WebAssembly, and with neither.
    // What only a browser with everything can show is tried there alone.
    { name: "js", testIgnore: ["faults.spec.ts", "short-lived.spec.ts", "canaries.spec.ts"] },
    { name: "no-wasm", testMatch: "journeys/*.spec.ts" },
    { name: "no-js", testMatch: "journeys/*.spec.ts", use: { javaScriptEnabled: false } },
    ...(process.env.BASE_URL ? [] : [shortLivedTests, canaries]),
    // Faults strike whoever comes next, so nobody else may be about.
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

/** Two sites, each behind a recorder (recorder.ts). One asks the sandbox that is built in, the other one of its own. */
function servers() {
  const app = { SANDBOX_APP_KEY: appKey };
  const qq = { QQ_APP_ID: "100000001", QQ_APP_KEY: appKey, QQ_GRAPH_URL: `http://127.0.0.1:${shortLived.qqPort}` };
  return [
    server("site", usual.port, { ...settingsOf("site", usual), ...app, SANDBOX_ADDR: `127.0.0.1:${usual.sandboxPort}` }),
    server("short-lived", shortLived.port, { ...settingsOf("short-lived", shortLived), ...qq }),
    server("sandbox", shortLived.sandboxPort, {
      ...app,
      SANDBOX_ADDR: `127.0.0.1:${shortLived.sandboxPort}`,
      SANDBOX_CALLBACKS: `${shortLived.origin}/login/qq/callback`,
      SANDBOX_TOKEN_TTL: "5",
    }),
  ];
}

function settingsOf(name: string, { port, origin }: typeof usual) {
  return {
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_SITE_ROOT: join(root, "target/site"),
    PUBLIC_URL: origin,
    DATABASE_URL: `sqlite://${folder}/${name}.db`,
    RATE_LIMIT: "off",
    SECRET_KEY: Buffer.from(secretKey).toString("base64"),
  };
}

/** The release build: a site, or the sandbox alone. */
function server(name: string, port: number, environment: Record<string, string>) {
  const [command, home] = name === "sandbox" ? ["sandbox", "/"] : ["serve", "/healthz"];
  return {
    // The log is for canaries.spec.ts. Of a server that cannot start, the last words are shown. The trap has the
    // shell wait for a server that was asked to stop.
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
