import "reflect-metadata";
import { createHash, webcrypto, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer, connect as tlsConnect } from "node:tls";
import * as x509 from "@peculiar/x509";
import { beforeAll, describe, expect, test } from "vitest";
import {
  CertificateAuthority,
  deriveKey,
  type ServerTls,
  serviceHost,
} from "../../components/services/inCluster/tls.ts";

const root = createHash("sha256").update("a root of the tests").digest("hex");
const rootBytes = Buffer.from(root);

let authority: CertificateAuthority;
let cache: ServerTls;

beforeAll(async () => {
  authority = await CertificateAuthority.of(root);
  cache = await authority.issue("cache");
});

describe("a server's certificate", () => {
  test("is signed by the authority, for its name in the cluster alone, and not as an authority", () => {
    const certificate = new X509Certificate(cache["tls.crt"]);
    const issuer = new X509Certificate(authority.certificate);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.subjectAltName).toBe("DNS:cache.openclaw-services.svc");
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(cache["ca.crt"]).toBe(authority.certificate);
  });

  test("is signed with a hash, to which PostgreSQL binds logins", () => {
    expect(new x509.X509Certificate(cache["tls.crt"]).signatureAlgorithm).toMatchObject({
      name: "ECDSA",
      hash: { name: "SHA-256" },
    });
  });

  test("is the same at every run, and another one of another root or for another service", async () => {
    const again = await CertificateAuthority.of(root);
    expect(await again.issue("cache")).toEqual(cache);
    const other = await CertificateAuthority.of(createHash("sha256").update("other").digest("hex"));
    expect(other.certificate).not.toBe(authority.certificate);
    const database = await authority.issue("database");
    expect(database["tls.key"]).not.toBe(cache["tls.key"]);
    const serial = (pem: string) => new X509Certificate(pem).serialNumber;
    expect(serial(database["tls.crt"])).not.toBe(serial(cache["tls.crt"]));
  });

  test("opens a connection to its own name", async () => {
    expect(await handshake(cache, authority, serviceHost("cache"))).toBe("TLSv1.3");
  });

  test("opens none to a neighbour's name", async () => {
    await expect(handshake(cache, authority, serviceHost("database"))).rejects.toThrow(/altnames/);
  });

  test("opens none to who trusts an authority of another root", async () => {
    const other = await CertificateAuthority.of(createHash("sha256").update("other").digest("hex"));
    await expect(handshake(cache, other, serviceHost("cache"))).rejects.toThrow(/signature|verify/);
  });
});

test("the authority is one of the services' names: what it signs for another is refused", async () => {
  expect(new X509Certificate(authority.certificate).ca).toBe(true);
  const name = "model.example";
  await expect(handshake(await forged(name), authority, name)).rejects.toThrow(/permitted subtree/);
  const inside = serviceHost("cache");
  expect(await handshake(await forged(inside), authority, inside)).toBe("TLSv1.3");
});

test("a root that is too short is refused", async () => {
  await expect(CertificateAuthority.of("short")).rejects.toThrow(/has 5 characters, not 64/);
});

/** What somebody with the authority's key could make. */
async function forged(name: string): Promise<ServerTls> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const pkcs8 = deriveKey(rootBytes, "authority").private.export({ type: "pkcs8", format: "der" });
  const keys = deriveKey(rootBytes, "forged");
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: new X509Certificate(authority.certificate).subject,
    publicKey: keys.public,
    signingKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  return {
    "tls.crt": certificate.toString("pem"),
    "tls.key": keys.private.export({ type: "pkcs8", format: "pem" }).toString(),
    "ca.crt": authority.certificate,
  };
}

/** @returns the protocol of a connection that was opened @throws what the client says of the certificate */
async function handshake(
  tls: ServerTls,
  { certificate: ca }: CertificateAuthority,
  servername: string,
): Promise<string | null> {
  const server = createServer({ cert: tls["tls.crt"], key: tls["tls.key"] }, (socket) => socket.end());
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = tlsConnect({ socket: connect(port, "127.0.0.1"), servername, ca });
  try {
    await once(client, "secureConnect");
    return client.getProtocol();
  } finally {
    client.destroy();
    server.close();
  }
}
