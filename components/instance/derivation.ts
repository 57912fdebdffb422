import { hkdfSync } from "node:crypto";
import { rootBytes } from "../randomRoot.ts";

/**
 * A tenant's credentials are derived from random roots by HKDF (RFC 5869), each under a label of its own, so that one
 * root serves many and knowing one says nothing of another.
 *
 * These are of the root that is replaced when keyEpoch is raised (its keeper), which rotates every one of them at once.
 */
export const credentialPurposes = [
  "gateway",
  "model",
  "database",
  "database-salt",
  "cache",
  "files",
] as const;
export type CredentialPurpose = (typeof credentialPurposes)[number];

/**
 * These are of a root that stays: what was encrypted with `backup` must remain readable. The others have the epoch in
 * their label, and so rotate all the same.
 */
export const backupPurposes = ["backup", "backup-files", "database-backup", "database-backup-salt"] as const;
export type BackupPurpose = (typeof backupPurposes)[number];

/** Bytes of each credential: 256 bits. */
const credentialBytes = 32;

/**
 * @param root of {@link randomRoot}
 * @param keyEpoch makes it another credential, where the root stays the same
 * @returns base64url, 43 characters
 */
export function deriveCredential(
  root: string,
  tenantId: string,
  purpose: CredentialPurpose | BackupPurpose,
  keyEpoch?: number,
): string {
  const label = `${purpose}${keyEpoch === undefined ? "" : `/${keyEpoch}`}`;
  return expand(rootBytes(root, `the tenant ${tenantId}`), tenantId, label, credentialBytes);
}

/**
 * Tells one root from another, and says nothing of either or of what is derived from it: what reads a credential only once
 * carries this, and so is made anew when the root is.
 *
 * @returns base64url, 16 characters
 */
export const rootFingerprint = (root: string, tenantId: string): string =>
  expand(rootBytes(root, `the tenant ${tenantId}`), tenantId, "fingerprint", 12);

/**
 * The incarnation of a tenant: tells it from another one that has or had the same id. What is made for a tenant bears it as
 * its owner's mark. It stays for as long as the root of the backups does, whatever the epoch, and is no secret.
 *
 * @returns base64url, 16 characters
 */
export const tenantIncarnation = (backupRoot: string, tenantId: string): string =>
  expand(rootBytes(backupRoot, `the tenant ${tenantId}`), tenantId, "incarnation", 12);

/** HKDF-SHA256. @returns base64url */
export const expand = (key: Uint8Array, tenantId: string, label: string, bytes: number): string =>
  Buffer.from(hkdfSync("sha256", key, "", `openclaw/${tenantId}/${label}`, bytes)).toString("base64url");
