// Brings requests for https://graph.qq.com to the sandbox, for libraries that have that address built in.

import { once } from "node:events";
import { createServer, request } from "node:http";
import { Agent } from "node:https";
import { connect } from "node:net";

/** Speaks to a port of this machine, whichever host is named, and without TLS. The request stays as it is. */
export class AgentTo extends Agent {
  #port;

  constructor(port) {
    super();
    this.#port = port;
  }

  createConnection() {
    return connect(this.#port, "127.0.0.1");
  }
}

/** Hands requests on to a port, and of each parameter only the first occurrence. */
export async function withoutDoubles(port) {
  const server = createServer((asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url, "http://graph.qq.com");
    const path = `${pathname}?${new URLSearchParams(firstOfEach([...searchParams]))}`;
    const passedOn = request({ host: "127.0.0.1", port, path, headers: asked.headers }, (answered) => {
      answer.writeHead(answered.statusCode, answered.headers);
      answered.pipe(answer);
    });
    passedOn.on("error", (error) => answer.destroy(error));
    passedOn.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, close: () => server.close() };
}

function firstOfEach(params) {
  return params.filter(([name], place) => place === params.findIndex(([other]) => other === name));
}
