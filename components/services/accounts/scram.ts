import { createHash, createHmac, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";

/** PostgreSQL's own, and the least that some clients accept. More would protect short passwords; these have 256 bits. */
const iterations = 4096;

/** PBKDF2 in a thread of its own: a millisecond, for every login at every update. */
const stretched = promisify(pbkdf2);

/**
 * The verifier that PostgreSQL stores of a password (RFC 5803's form, RFC 5802's keys), so that it never sees the
 * password itself: https://www.postgresql.org/docs/17/catalog-pg-authid.html
 *
 * @param password printable ASCII, which SASLprep leaves as it is
 * @param salt at least 16 bytes
 * @returns `SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>`, all base64
 * @throws RangeError (the promise) for a password or salt that the above is not true of
 */
export async function scramVerifier(password: string, salt: Uint8Array): Promise<string> {
  if (!/^[\x21-\x7e]+$/.test(password)) {
    throw new RangeError("a SCRAM password is of printable ASCII characters, and not empty");
  }
  if (salt.length < 16) {
    throw new RangeError(`a SCRAM salt has at least 16 bytes, not ${salt.length}`);
  }
  const salted = await stretched(password, salt, iterations, 32, "sha256");
  const storedKey = createHash("sha256").update(keyOf(salted, "Client Key")).digest("base64");
  const serverKey = keyOf(salted, "Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}

const keyOf = (salted: Buffer, name: string): Buffer => createHmac("sha256", salted).update(name).digest();
