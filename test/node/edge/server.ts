import { createServer, type IncomingMessage, request } from "node:http";

/** The client that it asks for. To a pod this machine has the address of a trusted proxy, which is never a client. */
const client = "203.0.113.7";

/**
 * An edge for tests: a reverse proxy in a pod, with nothing but Node, that leads to a tenant's Service, and says for whom
 * it asks as a real one does. WebSockets pass. A real edge asks the API server for addresses; this one is told them in
 * X-Service-Address, and the host in X-Forwarded-Host, because fetch and WebSocket set Host themselves.
 */
const server = createServer((from, to) => {
  const upstream = request(forwarded(from), (answer) => {
    to.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(to);
  });
  upstream.on("error", (error) => (to.headersSent ? to.destroy() : to.writeHead(502).end(`${error}\n`)));
  from.pipe(upstream);
});

server.on("upgrade", (from, socket, head) => {
  const upstream = request(forwarded(from));
  upstream.on("upgrade", (answer, other, otherHead) => {
    const headers = answer.rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${answer.rawHeaders[index + 1]}\r\n`] : [],
    );
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join("")}\r\n`);
    socket.write(otherHead);
    other.write(head);
    socket.pipe(other).pipe(socket);
    for (const each of [socket, other]) {
      each.on("error", () => {
        socket.destroy();
        other.destroy();
      });
    }
  });
  upstream.on("response", ({ statusCode }) => socket.end(`HTTP/1.1 ${statusCode} Refused\r\n\r\n`));
  upstream.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
  upstream.end();
});

function forwarded({ headers, method, url }: IncomingMessage) {
  const { "x-service-address": address, ...others } = headers;
  return {
    host: `${address}`,
    port: 18789,
    method,
    path: url,
    headers: { ...others, "x-forwarded-for": client, "x-forwarded-proto": "https" },
  };
}

server.listen(Number(process.env.PORT));
