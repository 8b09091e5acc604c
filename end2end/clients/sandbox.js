// A `qq-login sandbox` of a test's own, on a free port.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = process.env.QQ_LOGIN ?? fileURLToPath(new URL("../../target/release/qq-login", import.meta.url));

export const app = { id: "100000042", key: "the key of the sandbox's app" };

/** Starts it for an app with this callback. */
export async function startSandbox(callback) {
  const port = await freePort();
  const running = spawn(program, ["sandbox"], {
    // Not in this repository, where a .env file may say otherwise.
    cwd: tmpdir(),
    env: {
      SANDBOX_ADDR: `127.0.0.1:${port}`,
      SANDBOX_APP_ID: app.id,
      SANDBOX_APP_KEY: app.key,
      SANDBOX_CALLBACKS: callback,
    },
    stdio: ["ignore", "inherit", "pipe"],
  });
  // Should the tests end early, it ends with them.
  const end = () => running.kill();
  process.once("exit", end);
  running.once("exit", () => process.off("exit", end));
  await listening(running);
  return new Sandbox(port, running);
}

class Sandbox {
  #running;

  constructor(port, running) {
    this.port = port;
    this.address = `http://127.0.0.1:${port}`;
    this.#running = running;
  }

  /** Lets the next answer of an endpoint go wrong. */
  async plan(endpoint, fault) {
    await this.#fetch(`/sandbox/faults/${endpoint}`, { method: "PUT", body: JSON.stringify({ fault }) });
  }

  /** What was asked so far: endpoint, method, parameters; the oldest first. */
  async requests() {
    return (await this.#fetch("/sandbox/requests")).json();
  }

  /** The endpoints that were asked so far, the authorize page left out. */
  async called() {
    const endpoints = (await this.requests()).map((request) => request.endpoint);
    return endpoints.filter((endpoint) => endpoint !== "authorize");
  }

  /** Who the sandbox says a person is, heard without the library that is tested. */
  async openidOf(name, callback) {
    const asked = new URLSearchParams({
      response_type: "code",
      client_id: app.id,
      redirect_uri: callback,
      state: "s",
      sandbox_user: name,
    });
    const approved = await fetch(`${this.address}/oauth2.0/authorize?${asked}`, { redirect: "manual" });
    const exchanged = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: app.id,
      client_secret: app.key,
      code: new URL(approved.headers.get("location")).searchParams.get("code"),
      redirect_uri: callback,
      need_openid: "1",
      fmt: "json",
    });
    return (await (await this.#fetch(`/oauth2.0/token?${exchanged}`)).json()).openid;
  }

  async stop() {
    const ended = once(this.#running, "exit");
    this.#running.kill();
    await ended;
  }

  async #fetch(path, options) {
    const answer = await fetch(this.address + path, options);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Waits for the line that says so; what it says instead is in the error. */
async function listening(running) {
  await once(running, "spawn");
  const said = [];
  for await (const line of createInterface({ input: running.stderr })) {
    said.push(line);
    if (line.includes("the QQ sandbox is at")) {
      // Nobody reads on: it must not wait for a reader.
      running.stderr.resume();
      return;
    }
  }
  throw new Error(`${program} did not start: ${said.join("\n")}`);
}
