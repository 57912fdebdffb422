import { expect, test } from "vitest";
import {
  deriveCredential,
  rootFingerprint,
  tenantIncarnation,
} from "../../components/instance/derivation.ts";
import { credentials } from "../../components/tenant/credentials.ts";
import { tenant } from "../fixtures/tenant.ts";

const root = "1".repeat(64);
const otherRoot = "2".repeat(64);

test("a credential is 256 bits of HKDF-SHA256, as another implementation computes it", () => {
  // openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:$(printf '1%.0s' {1..64}) \
  //   -kdfopt salt: -kdfopt info:openclaw/acme/gateway HKDF
  expect(Buffer.from(deriveCredential(root, "acme", "gateway"), "base64url").toString("hex")).toBe(
    "02fd4651c40a1ceb3f6d423b2b480a6eca724b453842872f6874c7a8da81d8ac",
  );
});

test("tenants, purposes and roots each give another credential", () => {
  const derived = [
    deriveCredential(root, "acme", "gateway"),
    deriveCredential(root, "acme", "model"),
    deriveCredential(root, "acme-2", "gateway"),
    deriveCredential(otherRoot, "acme", "gateway"),
  ];
  expect(new Set(derived).size).toBe(derived.length);
});

test("an incarnation tells tenants of one id apart, and from the fingerprint that is shown beside it", () => {
  const incarnations = [
    tenantIncarnation(root, "acme"),
    tenantIncarnation(otherRoot, "acme"),
    tenantIncarnation(root, "acme-2"),
    rootFingerprint(root, "acme"),
  ];
  expect(new Set(incarnations).size).toBe(incarnations.length);
  expect(incarnations[0]).toMatch(/^[\w-]{16}$/);
});

test("a root that is too short is refused, and not shown", () => {
  // 42 letters and digits have 250 bits, 43 have 256.
  const short = "r".repeat(42);
  expect(() => deriveCredential(short, "acme", "gateway")).toThrow(
    /root of the tenant acme has 42 characters/,
  );
  expect(deriveCredential("r".repeat(43), "acme", "gateway")).toMatch(/^[\w-]{43}$/);
  expect(() => deriveCredential(short, "acme", "gateway")).not.toThrow(new RegExp(short));
});

test("the mode of authentication decides which variable carries the gateway's credential", () => {
  expect(Object.keys(credentials(tenant({ auth: "token" }), root))).toEqual([
    "OPENCLAW_GATEWAY_TOKEN",
    "TENANT_LLM_KEY",
  ]);
  expect(Object.keys(credentials(tenant({ auth: "trusted-proxy" }), root))).toEqual([
    "OPENCLAW_GATEWAY_PASSWORD",
    "TENANT_LLM_KEY",
  ]);
});

test("a key epoch makes another credential of the same root", () => {
  const derived = [undefined, 1, 2].map((epoch) => deriveCredential(root, "acme", "backup-files", epoch));
  expect(new Set(derived).size).toBe(3);
});

test("a fingerprint tells roots apart, and is no part of a credential", () => {
  const fingerprint = rootFingerprint(root, "acme");
  expect(fingerprint).toMatch(/^[\w-]{16}$/);
  expect(rootFingerprint(otherRoot, "acme")).not.toBe(fingerprint);
  expect(deriveCredential(root, "acme", "gateway")).not.toContain(fingerprint);
});
