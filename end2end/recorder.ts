import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { mainSite, shortLived } from "./run.ts";
import { recordQQResponse, recordSiteResponse, type Exchange } from "./tests/secrets.ts";

// Proxies between browsers and sites, and between one site and its sandbox. They forward everything unchanged and record
// it for canaries.spec.ts. Playwright itself sees less: not all bodies, and nothing from `page.request`.

export default async function startProxies() {
  const proxies = await Promise.all([
    startProxy(mainSite.publicPort, mainSite.port, recordSiteResponse),
    startProxy(shortLived.publicPort, shortLived.port, recordSiteResponse),
    startProxy(shortLived.qqPort, shortLived.sandboxPort, recordQQResponse),
  ]);
  return () => {
    for (const proxy of proxies) {
      proxy.close();
      proxy.closeAllConnections();
    }
  };
}

type Record = (exchange: Exchange) => void;

function startProxy(port: number, serverPort: number, record: Record): Promise<Server> {
  const proxy = createServer((request, response) => forward(request, response, serverPort, record));
  // A connection that times out just as a browser reuses it would fail a test for no reason.
  proxy.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    proxy.once("error", reject).listen(port, "127.0.0.1", () => resolve(proxy));
  });
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number, record: Record) {
  const { method, url = "" } = incoming;
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !isHopByHop(name)));
  const toServer = request({ host: "127.0.0.1", port, method, path: url, headers, agent: false });
  toServer.on("response", (response) => {
    const { statusCode: status = 0, statusMessage, rawHeaders } = response;
    const headers = pairs(rawHeaders).filter(([name]) => !isHopByHop(name));
    const body: Buffer[] = [];
    response.on("data", (chunk) => body.push(chunk));
    response.on("close", () => record({ url, status, headers, body: Buffer.concat(body).toString() }));
    outgoing.writeHead(status, statusMessage, headers.flat());
    pipeline(response, outgoing, () => {});
  });
  // A connection closed on one side is closed on the other.
  toServer.on("error", () => outgoing.destroy());
  outgoing.on("close", () => toServer.destroy());
  pipeline(incoming, toServer, () => {});
}

/** Whether a header applies to a single connection (RFC 9110 section 7.6.1). */
const isHopByHop = (name: string) => /^(connection|keep-alive|transfer-encoding)$/i.test(name);

function pairs(list: string[]): [string, string][] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? ""] as [string, string]] : []));
}
