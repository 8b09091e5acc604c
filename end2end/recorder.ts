import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { shortLived, usual } from "./run.ts";
import { noteAnswerOfQQ, noteAnswerOfSite, type Exchange } from "./tests/secrets.ts";

// Stands between browsers and the sites, and between one of the sites and its sandbox, hands everything on as it is,
// and notes it for canaries.spec.ts. A browser tells its tests less: not all bodies, and nothing of `page.request`.

export default async function record() {
  const recorders = await Promise.all([
    between(usual.publicPort, usual.port, noteAnswerOfSite),
    between(shortLived.publicPort, shortLived.port, noteAnswerOfSite),
    between(shortLived.qqPort, shortLived.sandboxPort, noteAnswerOfQQ),
  ]);
  return () => {
    for (const recorder of recorders) {
      recorder.close();
      recorder.closeAllConnections();
    }
  };
}

type Note = (exchange: Exchange) => void;

function between(port: number, serverPort: number, note: Note): Promise<Server> {
  const recorder = createServer((asked, answered) => handOn(asked, answered, serverPort, note));
  // A connection that ends just when a browser uses it again would fail a test for nothing.
  recorder.keepAliveTimeout = 0;
  return new Promise((ready, failed) => {
    recorder.once("error", failed).listen(port, "127.0.0.1", () => ready(recorder));
  });
}

function handOn(asked: IncomingMessage, answered: ServerResponse, port: number, note: Note) {
  const { method, url = "" } = asked;
  const headers = Object.fromEntries(Object.entries(asked.headers).filter(([name]) => !ofConnection(name)));
  const toServer = request({ host: "127.0.0.1", port, method, path: url, headers, agent: false });
  toServer.on("response", (answer) => {
    const { statusCode: status = 0, statusMessage, rawHeaders } = answer;
    const headers = pairs(rawHeaders).filter(([name]) => !ofConnection(name));
    const body: Buffer[] = [];
    answer.on("data", (part) => body.push(part));
    answer.on("close", () => note({ url, status, headers, body: Buffer.concat(body).toString() }));
    answered.writeHead(status, statusMessage, headers.flat());
    pipeline(answer, answered, () => {});
  });
  // Whoever hangs up on one side hangs up on the other.
  toServer.on("error", () => answered.destroy());
  answered.on("close", () => toServer.destroy());
  pipeline(asked, toServer, () => {});
}

/** What a header says of the one connection that it came by. */
const ofConnection = (name: string) => /^(connection|keep-alive|transfer-encoding)$/i.test(name);

function pairs(list: string[]): [string, string][] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? ""] as [string, string]] : []));
}
