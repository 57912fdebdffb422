import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** A call that a provider made, as a test names it: `sts.tencentcloudapi.com GetCallerIdentity`. */
export type CloudCall = string;

export interface CloudRequest {
  readonly host: string;
  /** The path without the query. */
  readonly path: string;
  /** `x-tc-action` or `x-acs-action`; empty where the API has none. */
  readonly action: string;
}

/** Both PEM, made for one run. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The JSON that a cloud would answer.
 *
 * @param own certificate of the loopback, for an answer that has to contain one
 * @returns undefined for a call that it is not asked
 */
export type CloudAnswer = (request: CloudRequest, own: Certificate) => unknown;

/**
 * A proxy on loopback that stands between providers and every cloud: it answers for the hosts it knows, with a
 * certificate of its own, and connects to no other. So a preview with made-up credentials comes to its end, and it is
 * known what was asked. Disposing of it ends it.
 */
export async function cloudsOnLoopback(hosts: readonly string[], answer: CloudAnswer) {
  const calls: CloudCall[] = [];
  const own = await selfSigned(hosts);
  const clouds = createTlsServer({ cert: own.certificate, key: own.key }, async (incoming, response) => {
    incoming.resume();
    const { host = "", "x-tc-action": tencent, "x-acs-action": alibaba } = incoming.headers;
    const { pathname } = new URL(incoming.url ?? "/", "https://cloud");
    const request = {
      host: host.replace(/:\d+$/, ""),
      path: pathname,
      action: String(tencent ?? alibaba ?? ""),
    };
    const json = answer(request, own);
    calls.push(
      [request.host, request.action || pathname, ...(json === undefined ? ["(not expected)"] : [])].join(" "),
    );
    response.writeHead(json === undefined ? 403 : 200, {
      "content-type": "application/json",
      connection: "close",
    });
    response.end(JSON.stringify(json ?? { Code: "Forbidden", Message: "no cloud is here" }));
  });
  const tunnels = new Set<Duplex>();
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on("connect", ({ url = "" }, client) => {
    tunnels.add(client);
    client.on("error", () => client.destroy()).on("close", () => tunnels.delete(client));
    const [host = ""] = url.split(":");
    if (!hosts.includes(host)) {
      calls.push(`${host} (refused)`);
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    clouds.emit("connection", client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    certificate: own.certificate,
    /** What was asked so far, each once, in order of the alphabet. */
    calls: (): CloudCall[] => [...new Set(calls)].sort(),
    async [Symbol.asyncDispose]() {
      for (const tunnel of tunnels) {
        tunnel.destroy();
      }
      await new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}

/** PEM of a certificate for these hosts alone, and of its key. It vouches for itself. */
async function selfSigned(hosts: readonly string[]): Promise<Certificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const day = 24 * 60 * 60 * 1000;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=clouds on loopback",
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + day),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: "dns", value }) as const)),
      ],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    certificate: certificate.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/(.{64})/g, "$1\n")}\n-----END PRIVATE KEY-----\n`,
  };
}
