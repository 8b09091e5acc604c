// Redirects requests for https://graph.qq.com to the sandbox, for libraries with that address built in.

import { once } from "node:events";
import { createServer, request } from "node:http";
import { Agent } from "node:https";
import { connect } from "node:net";

/** Connects to a local port without TLS, whatever the host of the request. The request itself is unchanged. */
export class SandboxAgent extends Agent {
  #port;

  constructor(port) {
    super();
    this.#port = port;
  }

  createConnection() {
    return connect(this.#port, "127.0.0.1");
  }
}

/** Starts a proxy that forwards requests to a port with repeated query parameters removed. */
export async function startDeduplicatingProxy(port) {
  const server = createServer((incoming, outgoing) => {
    const { pathname, searchParams } = new URL(incoming.url, "http://graph.qq.com");
    const path = `${pathname}?${new URLSearchParams(firstOfEach([...searchParams]))}`;
    const forwarded = request({ host: "127.0.0.1", port, path, headers: incoming.headers }, (response) => {
      outgoing.writeHead(response.statusCode, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on("error", (error) => outgoing.destroy(error));
    forwarded.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, close: () => server.close() };
}

function firstOfEach(params) {
  return params.filter(([name], index) => index === params.findIndex(([other]) => other === name));
}
