import { listingJobSpec } from "../../components/backup/listing.ts";
import { ownListingJobSpec } from "../../components/backup/restore.ts";
import type { Job } from "../../components/job.ts";
import { namespaceName } from "../../components/names.ts";
import { accountSecretName } from "../../components/services/accounts/accountSecret.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { withBackupSecret } from "./backupSecret.ts";
import { type BackupContext, instanceOf, tenantOfFile } from "./context.ts";
import { removeJob, runJob } from "./jobs.ts";
import { type Backup, backupsOf } from "./snapshots.ts";

/** A tenant's backups, the oldest first. @throws UserError if the repository cannot be read */
export async function listBackups(context: BackupContext, tenantId: string): Promise<Backup[]> {
  const { services, lentKey, kubectl } = context;
  const account = ["secret", accountSecretName(tenantId), "-n", services.namespace];
  const found = await kubectl.succeed(["get", ...account, "--ignore-not-found", "--output", "name"]);
  if (found.trim() === "") {
    throw new UserError(`The cluster has no backups of ${tenantId}: it is no tenant of it, or was purged.`);
  }
  // A key opens the repository from anywhere; where there is none, only the tenant's own identity does.
  if (lentKey !== undefined) {
    const place = { name: `backups-${tenantId}`, namespace: services.namespace };
    const job = listingJobSpec(tenantId, services, place.name);
    return withBackupSecret(context, tenantId, place, () => listedBy(context, tenantId, job));
  }
  const job =
    services.objectStore.adminSecret === undefined
      ? await ownListingJob(context, tenantId)
      : listingJobSpec(tenantId, services, accountSecretName(tenantId));
  return listedBy(context, tenantId, job);
}

async function ownListingJob(context: BackupContext, id: string): Promise<Job> {
  const { services, target, tenants } = context;
  if (tenants[id] === undefined || tenants[id].state === "offboarded") {
    throw new UserError(
      `${namespaceName(id)} has no role any more that reads ${id}'s backups: lend an administrator's access key, --lend-key.`,
    );
  }
  const tenant = tenantOfFile(target, id);
  const { settings: instance } = await instanceOf(context, tenant);
  return ownListingJobSpec({ tenant, instance, services });
}

async function listedBy({ kubectl, progress }: BackupContext, tenantId: string, job: Job): Promise<Backup[]> {
  const { name, namespace = "" } = job.metadata;
  try {
    return backupsOf(await runJob(kubectl, job, `backups of ${tenantId}: listing them`, progress));
  } catch (error) {
    await removeJob(kubectl, { name, namespace });
    throw error;
  }
}
