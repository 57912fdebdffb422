import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchFile, redirected } from "../../embedded/binaries/fetchFile.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const http = (answer: RequestListener) => listening(createServer(answer));

async function fetched(url: string): Promise<{ bytes: number; text: string }> {
  using folder = temporaryFolder();
  const file = join(folder.path, "file");
  let bytes = 0;
  await fetchFile(url, file, (count) => {
    bytes += count;
  });
  return { bytes, text: readFileSync(file, "utf8") };
}

test("a file comes through redirects, relative ones too", async () => {
  await using server = await http(({ url }, response) => {
    if (url === "/file") {
      response.writeHead(200, { connection: "close" }).end("content");
    } else {
      response.writeHead(302, { location: "/file", connection: "close" }).end();
    }
  });
  expect(await fetched(`${server.url}/release`)).toEqual({ bytes: 7, text: "content" });
});

test("a large file of a server that ends the connection with it comes whole", async () => {
  const size = 40 << 20;
  const server = createTcpServer((socket) => {
    socket.on("error", () => {}).resume();
    socket.end(Buffer.concat([Buffer.from("HTTP/1.0 200 OK\r\n\r\n"), Buffer.alloc(size, "x")]));
  });
  await using running = await listening(server);
  expect((await fetched(`${running.url}/large`)).bytes).toBe(size);
});

test("a server that refuses, or breaks off, is named", async () => {
  await using server = await http(({ url }, response) => {
    if (url === "/half") {
      response.writeHead(200, { "content-length": 100 });
      response.write("half", () => response.destroy());
    } else {
      response.writeHead(url === "/loop" ? 302 : 403, { location: "/loop", connection: "close" }).end();
    }
  });
  await expect(fetched(`${server.url}/secret`)).rejects.toThrow(`${server.url}/secret: HTTP 403`);
  await expect(fetched(`${server.url}/loop`)).rejects.toThrow(`${server.url}/loop: HTTP 302`);
  await expect(fetched(`${server.url}/half`)).rejects.toThrow(/aborted|broke off/);
});

test("a redirect to what is no address, or to one without encryption, is refused", async () => {
  await using server = await http((_request, response) => {
    response.writeHead(302, { location: "http://[", connection: "close" }).end();
  });
  await expect(fetched(`${server.url}/odd`)).rejects.toThrow(`${server.url}/odd leads to http://[`);
  const from = new URL("https://mirror.example/pulumi");
  expect(redirected(from, "https://other.example/x").href).toBe("https://other.example/x");
  expect(redirected(new URL("http://mirror.example"), "/x").href).toBe("http://mirror.example/x");
  for (const location of ["http://mirror.example/x", "file:///etc/passwd"]) {
    expect(() => redirected(from, location)).toThrow("which is not fetched");
  }
});
