import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scramVerifier } from "../../components/services/accounts/scram.ts";

const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");

test("the verifier proves what a client of RFC 7677's example sends", async () => {
  // https://www.rfc-editor.org/rfc/rfc7677#section-3
  const messages = [
    "n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  ].join(",");
  const proof = Buffer.from("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "base64");
  const signature = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  const [head, keys] = (await scramVerifier("pencil", salt)).split(/\$(?=[^$]*$)/);
  const [storedKey = "", serverKey = ""] = (keys ?? "").split(":");
  expect(head).toBe(`SCRAM-SHA-256$4096:${salt.toString("base64")}`);

  const stored = Buffer.from(storedKey, "base64");
  const clientSignature = createHmac("sha256", stored).update(messages).digest();
  const clientKey = proof.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
  expect(createHash("sha256").update(clientKey).digest()).toEqual(stored);
  const server = createHmac("sha256", Buffer.from(serverKey, "base64")).update(messages).digest("base64");
  expect(server).toBe(signature);
});

test("it holds the password of no one, and is another for another password or salt", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.base64String({ minLength: 20 }),
      fc.uint8Array({ minLength: 16, maxLength: 32 }),
      async (password, salt) => {
        const verifier = await scramVerifier(password, salt);
        expect(verifier).not.toContain(password);
        expect(verifier).toMatch(
          /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/,
        );
        expect(await scramVerifier(password, salt)).toBe(verifier);
        expect(await scramVerifier(`${password}x`, salt)).not.toBe(verifier);
        const salted = pbkdf2Sync(password, salt, 4096, 32, "sha256");
        const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
        expect(verifier.endsWith(`:${serverKey}`)).toBe(true);
      },
    ),
    { numRuns: 20 },
  );
});

test.each(["", "naïve", "two words", "line\nfeed"])(
  "a password that would have to be normalised is refused: %j",
  async (password) => {
    await expect(scramVerifier(password, salt)).rejects.toThrow("printable ASCII");
  },
);

test("a short salt is refused", async () => {
  await expect(scramVerifier("pencil", salt.subarray(1))).rejects.toThrow("at least 16 bytes, not 15");
});
