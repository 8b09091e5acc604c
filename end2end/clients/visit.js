// A site for a library to work in, and the one person who visits it.

import { once } from "node:events";
import { createServer } from "node:http";

/** What sites have to cope with. */
export const nicknames = ["Alice Example", "小明", "企鹅🐧小新👩‍💻", `<b>"Bobby"</b> & 'co' <script>`];

/** Opens a site that answers every request by `answer(request, response)`. */
export async function openSite(answer) {
  const server = createServer((request, response) => {
    // A connection that stays open would keep the site from closing.
    response.setHeader("connection", "close");
    answer(request, response).catch((error) => response.writeHead(500).end(error.stack));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** As much of a browser as is needed: it keeps cookies and tells where a page leads. */
export class Visitor {
  #cookies = new Map();

  /** Where this page leads, if anywhere. */
  async open(address, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(address, { redirect: "manual", headers: cookie ? { cookie } : {}, ...options });
    if (answer.status >= 400) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(name, value);
    }
    return answer.headers.get("location");
  }

  /** Approves in the sandbox; brings the address of the callback. */
  approve(authorizeUrl, name) {
    return this.open(`${authorizeUrl}&sandbox_user=${encodeURIComponent(name)}`);
  }

  /** Cancels as on a phone, since on a PC QQ leads nowhere; brings the address of the callback. */
  cancel(authorizeUrl) {
    const decision = new URLSearchParams({ decision: "cancel" });
    return this.open(`${authorizeUrl}&display=mobile`, { method: "POST", body: decision });
  }
}
