import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// What one run has for itself, so that two do not meet: a folder, and ports. Both are chosen once; the worker
// processes read this file as well, and find them in the environment.

process.env.E2E_FOLDER ??= makeFolder();
/** Where databases, logs and notes of this run are, and nothing else. */
export const folder = process.env.E2E_FOLDER;

const names = ["front", "site", "sandbox", "shortLivedFront", "shortLivedSite", "shortLivedQQ", "shortLivedSandbox"] as const;

process.env.E2E_PORTS ??= choosePorts(names.length);
const ports: number[] = JSON.parse(process.env.E2E_PORTS);
const portOf = (name: (typeof names)[number]) => ports[names.indexOf(name)] ?? 0;

/** A site as browsers see it, where the program itself listens, and how QQ is reached. */
const siteOf = (front: number, site: number, qq: number, sandbox: number) => ({
  publicPort: front,
  port: site,
  origin: `http://localhost:${front}`,
  qqPort: qq,
  sandboxPort: sandbox,
  sandboxURL: `http://127.0.0.1:${sandbox}`,
});

/** The site of most tests, with the sandbox that is built in. */
export const usual = siteOf(portOf("front"), portOf("site"), portOf("sandbox"), portOf("sandbox"));

/** The site whose tokens live five seconds, with a sandbox of its own. */
export const shortLived = siteOf(
  portOf("shortLivedFront"),
  portOf("shortLivedSite"),
  portOf("shortLivedQQ"),
  portOf("shortLivedSandbox"),
);

/** It is removed at the end of the run. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "qq-login-e2e-"));
  process.on("exit", (code) => {
    if (code !== 0) {
      tellComplaintsOfServers(folder);
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The logs go with the folder; this stays where it may explain a failure. */
function tellComplaintsOfServers(folder: string) {
  for (const log of readdirSync(folder).filter((name) => name.endsWith(".log"))) {
    const lines = readFileSync(join(folder, log), "utf8").split("\n");
    for (const line of lines.filter((line) => / (WARN|ERROR) /.test(line))) {
      console.error(`[WebServer] ${line}`);
    }
  }
}

/** Asks the system for free ports, all at once, so that each is another. In a process of its own, since it takes turns. */
function choosePorts(count: number): string {
  const choose = `
    const { createServer } = require("node:net");
    const servers = Array.from({ length: ${count} }, () => createServer());
    Promise.all(servers.map((server) => new Promise((done) => server.listen(0, "127.0.0.1", done)))).then(() => {
      console.log(JSON.stringify(servers.map((server) => server.address().port)));
      servers.forEach((server) => server.close());
    });`;
  return execFileSync(process.execPath, ["-e", choose], { encoding: "utf8" }).trim();
}
