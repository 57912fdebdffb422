import "reflect-metadata";
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Certificate,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from "@peculiar/asn1-x509";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { rootBytes } from "../../randomRoot.ts";
import { servicesNamespace } from "../namespace.ts";

/** A server's certificate and key, and the authority's certificate; all PEM. The keys are those of a TLS Secret. */
export interface ServerTls {
  readonly "tls.crt": string;
  readonly "tls.key": string;
  readonly "ca.crt": string;
}

/**
 * The services' own certificate authority, and certificates of it. All of it is derived from one random root: the same
 * root makes the same bytes at every run, so that an update without changes changes nothing; another root replaces
 * everything, which is how a leaked key is answered.
 *
 * P-256, because PostgreSQL binds a login to the server's certificate by the hash that the certificate is signed with
 * (https://www.rfc-editor.org/rfc/rfc5929#section-4.1), and Ed25519 has none. Signatures are those of RFC 6979: Node's
 * own draw a random number, and every update would have other certificates.
 */
export class CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  private readonly root: Buffer;

  /** @param root of randomRoot.ts */
  static async of(root: string): Promise<CertificateAuthority> {
    const bytes = rootBytes(root, "the services' certificates");
    return new CertificateAuthority(bytes, await authorityCertificate(bytes));
  }

  private constructor(root: Buffer, certificate: string) {
    this.root = root;
    this.certificate = certificate;
  }

  /** @param service such as `cache`: the certificate is for the name that its Service has in the cluster */
  async issue(service: string): Promise<ServerTls> {
    const key = deriveKey(this.root, `service/${service}`);
    const name = serviceHost(service);
    const certificate = await certificateOf(this.root, {
      subject: `CN=${name}`,
      publicKey: key.public,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
      ],
    });
    const pem = key.private.export({ type: "pkcs8", format: "pem" }).toString();
    return { "tls.crt": certificate, "tls.key": pem, "ca.crt": this.certificate };
  }
}

/** The host name of a service in the cluster. */
export const serviceHost = (service: string): string => `${service}.${servicesNamespace}.svc`;

/**
 * Fixed, as everything here: a certificate that ran out at some hour would end every tenant's connections at once.
 * Who must replace one sooner replaces the root.
 */
const validity = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2045-12-31T23:59:59Z") };

const authority = "CN=OpenClaw shared services";

const authorityKey = (root: Buffer): DerivedKey => deriveKey(root, "authority");

/**
 * Tenants trust it besides the public authorities, so it is good for the services' names alone: even its key would
 * open nobody else's connections.
 */
const authorityCertificate = (root: Buffer): Promise<string> =>
  certificateOf(root, {
    subject: authority,
    publicKey: authorityKey(root).public,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new Extension(id_ce_nameConstraints, true, permittedNames(`${servicesNamespace}.svc`)),
    ],
  });

/** NameConstraints (https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10) that permit one domain. */
function permittedNames(domain: string): ArrayBuffer {
  const base = new GeneralName({ dNSName: domain });
  const permittedSubtrees = new GeneralSubtrees([new GeneralSubtree({ base })]);
  return AsnConvert.serialize(new NameConstraints({ permittedSubtrees }));
}

interface DerivedKey {
  readonly secret: Uint8Array;
  readonly private: KeyObject;
  readonly public: Buffer;
}

/** @returns the public key as SubjectPublicKeyInfo */
export function deriveKey(root: Buffer, label: string): DerivedKey {
  const seed = hkdfSync("sha256", root, "", `openclaw/tls/key/${label}`, 48);
  const secret = p256.utils.randomSecretKey(new Uint8Array(seed));
  const point = Buffer.from(p256.getPublicKey(secret, false));
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  const coordinates = { x: text(point.subarray(1, 33)), y: text(point.subarray(33)) };
  const jwk = { kty: "EC", crv: "P-256", d: text(secret), ...coordinates };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  return {
    secret,
    private: privateKey,
    public: createPublicKey(privateKey).export({ type: "spki", format: "der" }),
  };
}

interface CertificateParts {
  readonly subject: string;
  readonly publicKey: Buffer;
  readonly extensions: readonly Extension[];
}

/** Signed by the authority. @returns PEM */
async function certificateOf(
  root: Buffer,
  { subject, publicKey, extensions }: CertificateParts,
): Promise<string> {
  const signer = authorityKey(root);
  const params = {
    ...validity,
    ...{ subject, issuer: authority, publicKey, serialNumber: serialNumber(root, subject) },
    signingAlgorithm: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(signer.public),
    ],
  };
  // The library signs with keys of its own kind alone: what is to be signed is made with another signature first.
  const draft = await X509CertificateGenerator.create({ ...params, signature: Buffer.alloc(64, 1) });
  const signature = p256.sign(signedPart(draft.rawData), signer.secret);
  const certificate = await X509CertificateGenerator.create({ ...params, signature: Buffer.from(signature) });
  return `${certificate.toString("pem")}\n`;
}

/** The bytes of a certificate that its issuer signs. @throws Error if the library no longer says which they are */
function signedPart(certificate: ArrayBuffer): Uint8Array {
  const { tbsCertificateRaw } = AsnConvert.parse(certificate, Certificate);
  if (tbsCertificateRaw === undefined) {
    throw new Error("a certificate without the part that is signed");
  }
  return new Uint8Array(tbsCertificateRaw);
}

/** Hexadecimal, 16 bytes, positive. */
function serialNumber(root: Buffer, subject: string): string {
  const serial = Buffer.from(hkdfSync("sha256", root, "", `openclaw/tls/serial/${subject}`, 16));
  serial.writeUInt8((serial.readUInt8() & 0x3f) | 0x40);
  return serial.toString("hex");
}
