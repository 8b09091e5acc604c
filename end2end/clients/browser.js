// A web server for the library under test, and a minimal browser.

import { once } from "node:events";
import { createServer } from "node:http";

/** Nicknames that a site must handle. */
export const nicknames = ["Alice Example", "小明", "企鹅🐧小新👩‍💻", `<b>"Bobby"</b> & 'co' <script>`];

/** Starts a server that handles every request with `handler(request, response)`. */
export async function startSite(handler) {
  const server = createServer((request, response) => {
    // An open connection would keep the server from closing.
    response.setHeader("connection", "close");
    handler(request, response).catch((error) => response.writeHead(500).end(error.stack));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Keeps cookies and returns redirect targets. */
export class Browser {
  #cookies = new Map();

  /** Requests a URL and returns the `Location` of the response, if any. */
  async open(address, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(address, { redirect: "manual", headers: cookie ? { cookie } : {}, ...options });
    if (response.status >= 400) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(name, value);
    }
    return response.headers.get("location");
  }

  /** Approves in the sandbox and returns the callback URL. */
  approve(authorizeUrl, name) {
    return this.open(`${authorizeUrl}&sandbox_user=${encodeURIComponent(name)}`);
  }

  /** Cancels and returns the callback URL. Uses the mobile page: on a PC, QQ does not redirect. */
  cancel(authorizeUrl) {
    const decision = new URLSearchParams({ decision: "cancel" });
    return this.open(`${authorizeUrl}&display=mobile`, { method: "POST", body: decision });
  }
}
