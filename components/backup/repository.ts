import type { Tenant } from "../../tenants/schema.ts";
import { deriveCredential } from "../instance/derivation.ts";
import { objectNames } from "../names.ts";
import type { AccountSecretKey } from "../services/accounts/accountSecret.ts";
import { backupAccessKeyId } from "../services/accounts/accounts.ts";
import { backupPlace, type ObjectStoreFacts } from "../services/objectStore.ts";
import { credentials as podCredentials } from "./pod.ts";

/** An environment variable without its name. */
type Value = { readonly value: string } | { readonly valueFrom: { readonly secretKeyRef: SecretKey } };

interface SecretKey {
  readonly name: string;
  readonly key: string;
  /** Whether the variable is left out where there is none. */
  readonly optional?: boolean;
}

/** Credentials of a tenant's backups. */
export interface RepositoryCredentials {
  readonly password: Value;
  /** The access key of the bucket; none where the pod's own identity opens it. */
  readonly accessKey: { readonly id: Value; readonly secret: Value; readonly session?: Value } | undefined;
}

const secretValue = (name: string, key: string): Value => ({ valueFrom: { secretKeyRef: { name, key } } });

/** Keys of the tenant's own Secret for its backups. No container of the gateway's reads them. */
export const backupSecretKeys = {
  password: "BACKUP_PASSWORD",
  secretKey: "BACKUP_SECRET_ACCESS_KEY",
  databasePassword: "BACKUP_PGPASSWORD",
} as const;

/** Entries of the tenant's own Secret. @param root of what belongs to its backups */
export const backupCredentials = ({ id, keyEpoch }: Tenant, root: string): Record<string, string> => ({
  [backupSecretKeys.password]: deriveCredential(root, id, "backup"),
  [backupSecretKeys.secretKey]: deriveCredential(root, id, "backup-files", keyEpoch),
  [backupSecretKeys.databasePassword]: deriveCredential(root, id, "database-backup", keyEpoch),
});

/** The credentials of the nightly backup. */
export const ownCredentials = (
  tenant: Pick<Tenant, "id" | "keyEpoch">,
  { adminSecret }: Pick<ObjectStoreFacts, "adminSecret">,
): RepositoryCredentials => ({
  password: secretValue(objectNames.credentials, backupSecretKeys.password),
  accessKey:
    adminSecret === undefined
      ? undefined
      : {
          id: { value: backupAccessKeyId(tenant) },
          secret: secretValue(objectNames.credentials, backupSecretKeys.secretKey),
        },
});

/** Keys of a Secret that opens the backups of a tenant in whatever state: accountSecret.ts. */
export const accountKeys = {
  password: "backup-password",
  id: "backup-access-key",
  secret: "backup-secret-key",
} as const satisfies Record<string, AccountSecretKey>;

/** Beside {@link accountKeys}, in a Secret with an administrator's access key that ends by itself. */
export const sessionKey = "session-token";

/** @param secret with {@link accountKeys} and perhaps {@link sessionKey}, in the pod's namespace */
export const lentCredentials = (secret: string): RepositoryCredentials => ({
  password: secretValue(secret, accountKeys.password),
  accessKey: {
    id: secretValue(secret, accountKeys.id),
    secret: secretValue(secret, accountKeys.secret),
    session: { valueFrom: { secretKeyRef: { name: secret, key: sessionKey, optional: true } } },
  },
});

/** The password alone of {@link lentCredentials}, for pods whose own identity opens the bucket. */
export const lentPassword = (secret: string): RepositoryCredentials => ({
  ...lentCredentials(secret),
  accessKey: undefined,
});

/** The variable by which restic finds the temporary credentials of the pod's own identity, where that opens the bucket. */
const sharedCredentials = "AWS_SHARED_CREDENTIALS_FILE";

export interface RepositoryAccess {
  /** The tenant whose backups they are. */
  readonly tenantId: string;
  readonly store: ObjectStoreFacts;
  readonly credentials: RepositoryCredentials;
  /** The file with the store's authority, if the store has one of its own. */
  readonly authority: string;
}

/**
 * restic's variables, and BUCKET_LOOKUP for the option that has none.
 * Source: https://restic.readthedocs.io/en/v0.18.0/040_backup.html#environment-variables
 */
export function repositoryEnvironment(access: RepositoryAccess): (Value & { readonly name: string })[] {
  const { tenantId, store, authority } = access;
  const { password, accessKey } = access.credentials;
  const { bucket, prefix } = backupPlace(store, tenantId);
  return [
    { name: "RESTIC_REPOSITORY", value: `s3:${store.endpoint}/${bucket}/${prefix}restic` },
    { name: "RESTIC_PASSWORD", ...password },
    ...(accessKey === undefined
      ? [{ name: sharedCredentials, value: podCredentials.file }]
      : [
          { name: "AWS_ACCESS_KEY_ID", ...accessKey.id },
          { name: "AWS_SECRET_ACCESS_KEY", ...accessKey.secret },
          ...(accessKey.session === undefined ? [] : [{ name: "AWS_SESSION_TOKEN", ...accessKey.session }]),
        ]),
    ...(store.caCertificate === undefined ? [] : [{ name: "RESTIC_CACERT", value: authority }]),
    { name: "AWS_DEFAULT_REGION", value: store.region },
    { name: "BUCKET_LOOKUP", value: store.pathStyle ? "path" : "dns" },
    // Below the container's limit, so that a large repository makes it slower and does not end it.
    { name: "GOMEMLIMIT", value: "400MiB" },
  ];
}
