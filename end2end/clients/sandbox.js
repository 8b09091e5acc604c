// Starts `qq-login sandbox` for one test, on a free port.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = process.env.QQ_LOGIN ?? fileURLToPath(new URL("../../target/release/qq-login", import.meta.url));

export const app = { id: "100000042", key: "the key of the sandbox's app" };

/** Starts the sandbox for an app with this callback. */
export async function startSandbox(callback) {
  const port = await freePort();
  const running = spawn(program, ["sandbox"], {
    // Outside this repository, whose .env file could change the configuration.
    cwd: tmpdir(),
    env: {
      SANDBOX_ADDR: `127.0.0.1:${port}`,
      SANDBOX_APP_ID: app.id,
      SANDBOX_APP_KEY: app.key,
      SANDBOX_CALLBACKS: callback,
    },
    stdio: ["ignore", "inherit", "pipe"],
  });
  // Stop it if the tests end early.
  const stop = () => running.kill();
  process.once("exit", stop);
  running.once("exit", () => process.off("exit", stop));
  await waitUntilListening(running);
  return new Sandbox(port, running);
}

class Sandbox {
  #running;

  constructor(port, running) {
    this.port = port;
    this.address = `http://127.0.0.1:${port}`;
    this.#running = running;
  }

  /** Applies a fault to the next response of an endpoint. */
  async setFault(endpoint, fault) {
    await this.#fetch(`/sandbox/faults/${endpoint}`, { method: "PUT", body: JSON.stringify({ fault }) });
  }

  /** The requests so far, oldest first: endpoint, method, parameters. */
  async requests() {
    return (await this.#fetch("/sandbox/requests")).json();
  }

  /** The endpoints called so far, without the authorize page. */
  async calledEndpoints() {
    const endpoints = (await this.requests()).map((request) => request.endpoint);
    return endpoints.filter((endpoint) => endpoint !== "authorize");
  }

  /** The openid of a user, obtained without the library under test. */
  async openidOf(name, callback) {
    const authorizeParams = new URLSearchParams({
      response_type: "code",
      client_id: app.id,
      redirect_uri: callback,
      state: "s",
      sandbox_user: name,
    });
    const approved = await fetch(`${this.address}/oauth2.0/authorize?${authorizeParams}`, { redirect: "manual" });
    const tokenParams = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: app.id,
      client_secret: app.key,
      code: new URL(approved.headers.get("location")).searchParams.get("code"),
      redirect_uri: callback,
      need_openid: "1",
      fmt: "json",
    });
    return (await (await this.#fetch(`/oauth2.0/token?${tokenParams}`)).json()).openid;
  }

  async stop() {
    const ended = once(this.#running, "exit");
    this.#running.kill();
    await ended;
  }

  async #fetch(path, options) {
    const response = await fetch(this.address + path, options);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
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

/** Waits for the log line that reports the address; other output becomes part of the error. */
async function waitUntilListening(running) {
  await once(running, "spawn");
  const lines = [];
  for await (const line of createInterface({ input: running.stderr })) {
    lines.push(line);
    if (line.includes("serving the QQ sandbox")) {
      // Discard further output, so that the sandbox does not block on a full pipe.
      running.stderr.resume();
      return;
    }
  }
  throw new Error(`${program} did not start: ${lines.join("\n")}`);
}
