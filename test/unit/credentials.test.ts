import { expect, test } from "vitest";
import { credentials, deriveCredential } from "../../components/tenant/credentials.ts";
import { tenant } from "../fixtures/tenant.ts";

const root = Buffer.alloc(32, 1).toString("base64");
const otherRoot = Buffer.alloc(32, 2).toString("base64");

test("a credential is 256 bits of HKDF-SHA256, as another implementation computes it", () => {
  // openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:$(printf '01%.0s' {1..32}) \
  //   -kdfopt salt: -kdfopt info:openclaw/acme/gateway HKDF
  expect(Buffer.from(deriveCredential(root, "acme", "gateway"), "base64url").toString("hex")).toBe(
    "6cd6a4acb385ba74b2963a460734611048236e5bceed1f8ae5ac15398c7f12d8",
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

test("a root that is too short is refused, and not shown", () => {
  const short = Buffer.from("short-root").toString("base64");
  expect(() => deriveCredential(short, "acme", "gateway")).toThrow(
    /credential root of tenant acme has 10 bytes/,
  );
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
