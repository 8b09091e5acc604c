import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Each run has its own folder and ports, so that runs do not interfere. They are chosen once and passed to the worker
// processes, which load this file too, in the environment.

process.env.E2E_FOLDER ??= makeFolder();
/** Contains the databases, logs and recordings of this run. */
export const folder = process.env.E2E_FOLDER;

const names = ["front", "site", "sandbox", "shortLivedFront", "shortLivedSite", "shortLivedQQ", "shortLivedSandbox"] as const;

process.env.E2E_PORTS ??= choosePorts(names.length);
const ports: number[] = JSON.parse(process.env.E2E_PORTS);
const portOf = (name: (typeof names)[number]) => ports[names.indexOf(name)] ?? 0;

/** The public address of a site, the port of the program behind it, and the address of its sandbox. */
const siteOf = (front: number, site: number, qq: number, sandbox: number) => ({
  publicPort: front,
  port: site,
  origin: `http://localhost:${front}`,
  qqPort: qq,
  sandboxPort: sandbox,
  sandboxURL: `http://127.0.0.1:${sandbox}`,
});

/** The site of most tests, with the built-in sandbox. */
export const mainSite = siteOf(portOf("front"), portOf("site"), portOf("sandbox"), portOf("sandbox"));

/** The site whose tokens live five seconds, with its own sandbox. */
export const shortLived = siteOf(
  portOf("shortLivedFront"),
  portOf("shortLivedSite"),
  portOf("shortLivedQQ"),
  portOf("shortLivedSandbox"),
);

/** Creates the folder; it is removed when the run ends. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "qq-login-e2e-"));
  // A program that was built without the static files finds them in target/site.
  symlinkSync(fileURLToPath(new URL("../target", import.meta.url)), join(folder, "target"));
  process.on("exit", (code) => {
    if (code !== 0) {
      printServerWarnings(folder);
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Prints the servers' warnings and errors, because their logs are removed with the folder. */
function printServerWarnings(folder: string) {
  for (const log of readdirSync(folder).filter((name) => name.endsWith(".log"))) {
    const lines = readFileSync(join(folder, log), "utf8").split("\n");
    for (const line of lines.filter((line) => / (WARN|ERROR) /.test(line))) {
      console.error(`[WebServer] ${line}`);
    }
  }
}

/** Asks the system for free ports, all at the same time, so that they differ. Runs in a child process to be synchronous. */
function choosePorts(count: number): string {
  const choose = `
    const { createServer } = require("node:net");
    const servers = Array.from({ length: ${count} }, () => createServer());
    Promise.all(servers.map((server) => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)))).then(() => {
      console.log(JSON.stringify(servers.map((server) => server.address().port)));
      servers.forEach((server) => server.close());
    });`;
  return execFileSync(process.execPath, ["-e", choose], { encoding: "utf8" }).trim();
}
