import { listingJobSpec } from "../../components/tenant/data/backupListing.ts";
import { ownListingJobSpec } from "../../components/tenant/data/restore.ts";
import { type BackupContext, instanceOf, tenantOfFile } from "./context.ts";
import { removeJob, runJob } from "./jobs.ts";
import { type Backup, backupsOf } from "./snapshots.ts";

/** A tenant's backups, the oldest first. @throws UserError if the repository cannot be read */
export async function listBackups(context: BackupContext, tenantId: string): Promise<Backup[]> {
  const { kubectl, progress } = context;
  const job = await listingJob(context, tenantId);
  const { name, namespace = "" } = job.metadata;
  try {
    return backupsOf(await runJob(kubectl, job, `backups of ${tenantId}: listing them`, progress));
  } finally {
    await removeJob(kubectl, { name, namespace });
  }
}

/** Keys open the repository from anywhere; where the store knows none, only the tenant's own identity does. */
async function listingJob(context: BackupContext, tenantId: string) {
  const { services, target } = context;
  if (services.objectStore.adminSecret !== undefined) {
    return listingJobSpec(tenantId, services);
  }
  const tenant = tenantOfFile(target, tenantId);
  const { settings: instance } = await instanceOf(context, tenant);
  return ownListingJobSpec({ tenant, instance, services });
}
