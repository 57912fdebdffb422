import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startProxy, type TenantProxy } from "../../ops/open/proxy.ts";

const acme = { id: "acme", publicOrigin: "https://acme.example", userHeader: "x-forwarded-user" };

/** Tells in its answer what it was asked, and speaks with whoever upgrades by sending back what it gets. */
function openclaw(): Server {
  const server = createServer(async (from, to) => {
    const body = await text(from);
    to.writeHead(200, { "content-type": "application/json" });
    to.end(JSON.stringify({ method: from.method, url: from.url, headers: from.headers, bytes: body.length }));
  });
  server.on("upgrade", ({ url, headers }: IncomingMessage, socket) => {
    if (url === "/refuses") {
      socket.end("HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: ${headers.upgrade}\r\nconnection: Upgrade\r\n\r\n`,
    );
    socket.write(`${headers.origin} `);
    socket.on("error", () => socket.destroy()).pipe(socket);
  });
  return server;
}

describe("the proxy of a tenant", () => {
  let server: Server;
  let proxy: TenantProxy;
  let host: string;
  let port: number;

  beforeEach(async () => {
    server = openclaw();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const service = { address: "127.0.0.1", port: (server.address() as AddressInfo).port };
    proxy = await startProxy({ ...acme, service }, 0);
    host = proxy.addresses.localHost;
    port = Number(host.split(":")[1]);
  });

  afterEach(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });

  const ask = async (path: string, headers: Readonly<Record<string, string>>, body?: Buffer) => {
    const method = body === undefined ? "GET" : "POST";
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, method, headers }, resolve).on("error", reject).end(body);
    });
    return { status: answer.statusCode, body: await text(answer) };
  };

  /** What a client reads that asks for a WebSocket, says something, and waits until the other side ends. */
  const upgrade = (path: string, headers: string, said: string, until: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      let heard = "";
      socket.on("error", reject);
      socket.on("close", () => resolve(heard));
      socket.setEncoding("utf8").on("data", (chunk: string) => {
        heard += chunk;
        if (heard.endsWith(until)) {
          socket.end();
        }
      });
      socket.write(
        `GET ${path} HTTP/1.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n${headers}\r\n${said}`,
      );
    });

  test("is called by the tenant's name on this machine", () => {
    expect(host).toMatch(/^acme\.openclaw\.localhost:\d+$/);
  });

  test("passes on path and query, as the tenant's public host", async () => {
    const { status, body } = await ask("/chat?x=%20", { host });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      method: "GET",
      url: "/chat?x=%20",
      headers: { host: "acme.example", "x-forwarded-proto": "https" },
    });
  });

  test("passes on 30 MB", async () => {
    const body = Buffer.alloc(30_000_000, "x");
    expect(JSON.parse((await ask("/", { host }, body)).body)).toMatchObject({
      method: "POST",
      bytes: body.length,
    });
  });

  test("refuses other names and other sites' pages, and says why", async () => {
    expect(await ask("/", { host: `127.0.0.1:${port}` })).toEqual({
      status: 403,
      body: `Refused: this is ${host} and nobody else.\n`,
    });
    expect((await ask("/", { host, origin: "https://elsewhere.example" })).status).toBe(403);
  });

  test("passes on what a WebSocket says, in both directions, from the first byte on", async () => {
    const heard = await upgrade("/", `host: ${host}\r\norigin: http://${host}\r\n`, "hello", "hello");
    expect(heard).toMatch(
      /^HTTP\/1\.1 101 .*upgrade: websocket\r\n.*\r\n\r\nhttps:\/\/acme\.example hello$/s,
    );
  });

  test("refuses WebSockets of other names and other sites' pages", async () => {
    const refused = /^HTTP\/1\.1 403 Forbidden\r\n/;
    expect(await upgrade("/", "host: 127.0.0.1\r\n", "", "\n")).toMatch(refused);
    const foreign = `host: ${host}\r\norigin: https://elsewhere.example\r\n`;
    expect(await upgrade("/", foreign, "", "\n")).toMatch(refused);
  });

  test("tells who asks for a WebSocket that OpenClaw refuses", async () => {
    expect(await upgrade("/refuses", `host: ${host}\r\n`, "", "\n")).toMatch(
      /^HTTP\/1\.1 429 Too Many Requests\r\n/,
    );
  });

  test("says so when no gateway answers", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const answer = await ask("/", { host });
    expect(answer.status).toBe(502);
    expect(answer.body).toMatch(/^The OpenClaw of acme does not answer: .*ECONNREFUSED/);
    expect(await upgrade("/", `host: ${host}\r\n`, "", "\n")).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  });

  test("ends with the WebSockets through it", async () => {
    let isOpen: () => void = () => {};
    const opened = new Promise<void>((resolve) => {
      isOpen = resolve;
    });
    server.once("upgrade", () => isOpen());
    const ended = upgrade("/", `host: ${host}\r\n`, "", "never");
    await opened;
    await proxy.close();
    await expect(ended.catch(() => "reset")).resolves.toEqual(expect.any(String));
    await expect(ask("/", { host })).rejects.toThrow("ECONNREFUSED");
  });

  test("does not share a port", async () => {
    const tenant = { ...acme, id: "other", service: { address: "127.0.0.1", port: 1 } };
    await expect(startProxy(tenant, port)).rejects.toThrow("EADDRINUSE");
  });
});
