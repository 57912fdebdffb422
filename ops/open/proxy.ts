import { createServer, type IncomingMessage, type RequestOptions, request, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import { localHostOf, type TenantAddresses } from "./addresses.ts";
import { refusalOf, requestHeaders, responseHeaders } from "./headers.ts";

/** A tenant that a browser of this machine is to come to. */
export interface ProxiedTenant {
  readonly id: string;
  readonly publicOrigin: string;
  /** The header by which the platform's edge names a signed-in user. */
  readonly userHeader: string;
  /** The tenant's Service. */
  readonly service: { readonly address: string; readonly port: number };
}

export interface TenantProxy {
  readonly addresses: TenantAddresses;
  /** Ends it with every connection through it. */
  readonly close: () => Promise<void>;
}

/**
 * A reverse proxy on loopback to a tenant's Service, for this machine's browsers, in the place of the edge that a
 * cluster on one machine does not have. Bodies of any size and WebSockets pass, and nothing is given up for being slow:
 * OpenClaw says nothing for as long as a model thinks.
 *
 * @param port 0 for any that is free
 * @throws NodeJS.ErrnoException EADDRINUSE if the port is taken
 */
export async function startProxy(tenant: ProxiedTenant, port: number): Promise<TenantProxy> {
  // No patience of the server's own with a body that takes its time.
  const server = createServer({ requestTimeout: 0 });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await listen(server, port);
  const addresses = {
    publicOrigin: tenant.publicOrigin,
    localHost: localHostOf(tenant.id, (server.address() as AddressInfo).port),
  };
  serve(server, tenant, addresses);
  return {
    addresses,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });

function serve(server: Server, tenant: ProxiedTenant, addresses: TenantAddresses): void {
  const { id, service } = tenant;
  const optionsFor = ({ headers, method, url }: IncomingMessage): RequestOptions => ({
    host: service.address,
    port: service.port,
    method,
    path: url,
    headers: requestHeaders(headers, addresses, tenant.userHeader),
    // A connection of its own each: none is left over from a gateway that has been started again.
    agent: false,
  });
  const unanswered = (error: Error) => `The OpenClaw of ${id} does not answer: ${error.message}\n`;

  server.on("request", (from, to) => {
    const refusal = refusalOf(from.headers, from.url ?? "", addresses);
    if (refusal !== undefined) {
      to.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(`Refused: ${refusal}.\n`);
      return;
    }
    const upstream = request(optionsFor(from), (answer) => {
      to.writeHead(answer.statusCode ?? 502, responseHeaders(answer.headers, addresses));
      // Either end's failure ends the other; there is nobody left to tell.
      pipeline(answer, to, () => {});
    });
    upstream.on("error", (error) =>
      to.headersSent ? to.destroy() : to.writeHead(502).end(unanswered(error)),
    );
    to.on("close", () => upstream.destroy());
    from.pipe(upstream);
  });

  server.on("upgrade", (from: IncomingMessage, browser: Duplex, head: Buffer) => {
    browser.on("error", () => browser.destroy());
    const refusal = refusalOf(from.headers, from.url ?? "", addresses);
    if (refusal !== undefined) {
      endUpgrade(browser, "403 Forbidden", `Refused: ${refusal}.\n`);
      return;
    }
    const upstream = request(optionsFor(from));
    upstream.on("upgrade", (answer, gateway, gatewayHead) => {
      browser.write(`HTTP/1.1 101 Switching Protocols\r\n${rawHeaders(answer)}\r\n`);
      browser.write(gatewayHead);
      gateway.write(head);
      pipeline(browser, gateway, browser, () => {});
    });
    upstream.on("response", (answer) => {
      answer.resume();
      endUpgrade(browser, `${answer.statusCode} ${answer.statusMessage}`, "");
    });
    upstream.on("error", (error) => endUpgrade(browser, "502 Bad Gateway", unanswered(error)));
    browser.on("close", () => upstream.destroy());
    upstream.end();
  });
}

function endUpgrade(browser: Duplex, status: string, text: string): void {
  const length = Buffer.byteLength(text);
  browser.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${text}`,
  );
}

const rawHeaders = ({ rawHeaders: raw }: IncomingMessage): string =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}\r\n`] : [])).join("");
