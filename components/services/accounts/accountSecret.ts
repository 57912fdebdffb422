import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../../tenants/schema.ts";
import { type BackupPurpose, type CredentialPurpose, deriveCredential } from "../../instance/derivation.ts";
import type { ManifestOf } from "../../kubernetesObject.ts";
import { annotationKeys, labelKeys, tenantLabels } from "../../labels.ts";
import { base64Values } from "../../secretData.ts";
import { servicesNamespace } from "../namespace.ts";
import { backupAccessKeyId } from "./accounts.ts";
import { scramVerifier } from "./scram.ts";

/**
 * The Secret with which Jobs in the services' namespace make a tenant's accounts. It exists in every state: backups
 * are readable with it after the tenant has gone.
 */
export const accountSecretName = (tenantId: string): string => `tenant-${tenantId}`;

export type AccountSecretKey =
  | "database-verifier"
  | "database-backup-verifier"
  | "cache-password-sha256"
  | "files-secret-key"
  | "backup-access-key"
  | "backup-secret-key"
  | "backup-password";

/** The object without its data, which is an Output. */
export function accountSecretSpec(tenant: Tenant): ManifestOf<k8s.types.input.core.v1.Secret> {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: accountSecretName(tenant.id),
      namespace: servicesNamespace,
      // The state tells what is left of a tenant that has gone from what an update was about to make.
      labels: { ...tenantLabels(tenant), [labelKeys.state]: tenant.state },
      ...(tenant.retainUntil === undefined
        ? {}
        : { annotations: { [annotationKeys.retainUntil]: tenant.retainUntil } }),
    },
    type: "Opaque",
  };
}

/**
 * PostgreSQL and Valkey are told no password, only what they check one with.
 *
 * @param root of this epoch's credentials; of a tenant that has gone, whose accounts are locked, anything that is secret
 * @param backupRoot of the backups'
 */
export async function accountSecretData(
  tenant: Tenant,
  root: string,
  backupRoot: string,
): Promise<Record<string, string>> {
  const { id, keyEpoch } = tenant;
  const saltOf = (text: string) => Buffer.from(text, "base64url");
  const own = (purpose: CredentialPurpose) => deriveCredential(root, id, purpose);
  const ofBackups = (purpose: BackupPurpose) => deriveCredential(backupRoot, id, purpose, keyEpoch);
  const [verifier, backupVerifier] = await Promise.all([
    scramVerifier(own("database"), saltOf(own("database-salt"))),
    scramVerifier(ofBackups("database-backup"), saltOf(ofBackups("database-backup-salt"))),
  ]);
  const data: Record<AccountSecretKey, string> = {
    "database-verifier": verifier,
    "database-backup-verifier": backupVerifier,
    "cache-password-sha256": createHash("sha256").update(own("cache")).digest("hex"),
    "files-secret-key": own("files"),
    "backup-access-key": backupAccessKeyId(tenant),
    "backup-secret-key": ofBackups("backup-files"),
    "backup-password": deriveCredential(backupRoot, id, "backup"),
  };
  return base64Values(data);
}
