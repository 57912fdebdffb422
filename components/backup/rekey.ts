import type { Job } from "../job.ts";
import type { ServiceFacts } from "../services/sharedServices.ts";
import { identitySteps, repositoryInTenant } from "./backup.ts";
import { repositoryJob } from "./listing.ts";
import { credentials, step } from "./pod.ts";
import { ownCredentials } from "./repository.ts";
import { type RestoreArgs, tenantJob } from "./restore.ts";
import { backupScript } from "./scripts.ts";

/** Jobs that give a tenant's repository another password: scripts/backup-rekey.sh. */

/** Name of the Secret with the password that is to open the repository no more, and of the Job that sees to it. */
export const rekeyName = (tenantId: string): string => `rekey-${tenantId}`;

/** Key of that Secret. */
export const oldPasswordKey = "old-backup-password";

const oldPassword = (tenantId: string) => ({
  name: "OLD_PASSWORD",
  valueFrom: { secretKeyRef: { name: rekeyName(tenantId), key: oldPasswordKey } },
});

/** Seconds: it waits for a backup that runs. */
const deadline = 3600;

/**
 * A Job in the services' namespace, whatever has become of the tenant.
 *
 * @param secret in that namespace, with what opens the backups from now on: accountKeys of backupRepository.ts
 */
export const rekeyJobSpec = (tenantId: string, services: ServiceFacts, secret: string): Job =>
  repositoryJob({
    tenantId,
    services,
    secret,
    name: rekeyName(tenantId),
    script: "backup-rekey",
    env: [oldPassword(tenantId)],
    deadline,
  });

/** The same in the tenant's namespace, where only the tenant's own identity may read its backups. */
export function ownRekeyJobSpec(args: Pick<RestoreArgs, "tenant" | "instance" | "services">): Job {
  const { objectStore, provisioning } = args.services;
  const { id } = args.tenant;
  const repository = ownCredentials(args.tenant, objectStore);
  return tenantJob(args, rekeyName(id), [
    ...identitySteps(args.instance.image, objectStore, repository),
    step({
      name: "rekey",
      image: provisioning.images.backup,
      command: backupScript("backup-rekey"),
      env: [...repositoryInTenant(id, objectStore, repository), oldPassword(id)],
      mounts: ["config", credentials.volume],
    }),
  ]);
}
