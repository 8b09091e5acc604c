import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { appKey, secretKey } from "./tests/secrets.ts";

// The tests start the release build themselves, with the built-in sandbox, on ports and with a database
// of their own. So they run in the same way under `make test`, `cargo leptos end-to-end --release` and
// `npx playwright test`. BASE_URL=http://… tests a server that runs already, but for short-lived tokens.
const root = fileURLToPath(new URL("..", import.meta.url));
const port = Number(process.env.E2E_PORT ?? 3100);
const sandboxPort = port + 10;
const shortLivedPort = port + 20;
const baseURL = process.env.BASE_URL ?? `http://localhost:${port}`;

// The worker processes read this file as well: they find the folder in the environment.
if (!process.env.E2E_FOLDER) {
  const folder = mkdtempSync(join(tmpdir(), "qq-login-e2e-"));
  process.env.E2E_FOLDER = folder;
  process.on("exit", (code) => {
    if (code !== 0) {
      tellComplaintsOfServers(folder);
    }
    rmSync(folder, { recursive: true, force: true });
  });
}
process.env.CHROMIUM ??= execFileSync(join(root, "scripts/find-chromium.sh"), { encoding: "utf8" }).trim();
// Where the tests find the sandbox's scripting routes.
process.env.SANDBOX_URL ??= `http://127.0.0.1:${sandboxPort}`;

/** A site of its own, whose tokens live five seconds. Its faults strike nobody else. */
const shortLived = {
  name: "short-lived",
  testMatch: "short-lived.spec.ts",
  fullyParallel: false,
  workers: 1,
  use: { baseURL: `http://localhost:${shortLivedPort}` },
};

/** Looks through what all others have left behind. */
const canaries = {
  name: "canaries",
  testMatch: "canaries.spec.ts",
  dependencies: ["short-lived", "faults"],
};

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
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
    ...(process.env.BASE_URL ? [] : [shortLived, canaries]),
    // Faults strike whoever comes next, so nobody else may be about.
    {
      name: "faults",
      testMatch: "faults.spec.ts",
      dependencies: ["js", "no-wasm", "no-js"],
      fullyParallel: false,
      workers: 1,
    },
  ],
  webServer: process.env.BASE_URL ? undefined : [site(port), site(shortLivedPort, { SANDBOX_TOKEN_TTL: "5" })],
});

/** The logs go with the folder; this stays where it may explain a failure. */
function tellComplaintsOfServers(folder: string) {
  for (const log of readdirSync(folder).filter((name) => name.endsWith(".log"))) {
    const lines = readFileSync(join(folder, log), "utf8").split("\n");
    for (const line of lines.filter((line) => / (WARN|ERROR) /.test(line))) {
      console.error(`[WebServer] ${line}`);
    }
  }
}

/** The release build on this port, its sandbox ten ports further. */
function site(port: number, environment: Record<string, string> = {}) {
  return {
    // The log is for canaries.spec.ts. Of a server that cannot start, the last words are shown. The trap has the
    // shell wait for a server that was asked to stop.
    command: `trap : TERM; '${join(root, "target/release/qq-login")}' 2>>${port}.log || { tail -n 5 ${port}.log >&2; exit 1; }`,
    cwd: process.env.E2E_FOLDER,
    url: `http://127.0.0.1:${port}/healthz`,
    reuseExistingServer: false,
    timeout: 30_000,
    gracefulShutdown: { signal: "SIGTERM" as const, timeout: 15_000 },
    stderr: "pipe" as const,
    env: {
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
      LEPTOS_SITE_ROOT: join(root, "target/site"),
      PUBLIC_URL: `http://localhost:${port}`,
      SANDBOX_ADDR: `127.0.0.1:${port + 10}`,
      DATABASE_URL: `sqlite://${process.env.E2E_FOLDER}/${port}.db`,
      RATE_LIMIT: "off",
      SANDBOX_APP_KEY: appKey,
      SECRET_KEY: Buffer.from(secretKey).toString("base64"),
      RUST_LOG: "debug",
      ...environment,
    },
  };
}
