import { z } from "zod";
import { ownRekeyJobSpec, rekeyJobSpec, rekeyName } from "../../components/backup/rekey.ts";
import { accountKeys } from "../../components/backup/repository.ts";
import { namespaceName } from "../../components/names.ts";
import { accountSecretName } from "../../components/services/accounts/accountSecret.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { withBackupSecret } from "../backup/backupSecret.ts";
import { type BackupContext, instanceOf, tenantOfFile } from "../backup/context.ts";
import { completeJob } from "../backup/jobs.ts";
import { oldPasswordSecret } from "./oldPasswords.ts";

const secretSchema = z.object({ data: z.object({ [accountKeys.password]: z.string().min(1) }) });

function passwordOf(secret: string, id: string): string {
  const parsed = secretSchema.safeParse(jsonOf(secret));
  if (!parsed.success) {
    throw new UserError(
      `The Secret ${accountSecretName(id)} has no ${accountKeys.password}: an update makes it.`,
    );
  }
  return Buffer.from(parsed.data.data[accountKeys.password], "base64").toString();
}

/** The outcome for a tenant's repository. */
export type Rekeyed = "re-keyed" | "left";

/**
 * Gives a tenant's repository the password of its new root, and takes the old one from it.
 *
 * @returns `left` if the tenant has left the stack: there is no new password, and the old one stays
 * @throws UserError if that failed, or if the update has not given the tenant another root: the same command goes on
 */
export async function rekey(context: BackupContext, id: string, oldPassword: string): Promise<Rekeyed> {
  const { kubectl, services, progress, lentKey } = context;
  const { namespace } = services;
  const label = `${id}: another password for its backups`;
  const account = ["get", "secret", accountSecretName(id), "-n", namespace];
  const found = await kubectl.succeed([...account, "--ignore-not-found", "--output", "json"]);
  // Purged: there are no backups either.
  if (found.trim() === "" || passwordOf(found, id) === oldPassword) {
    // An update may end well and have changed nothing of it: --preview-only, --target.
    if (context.tenants[id] !== undefined) {
      throw new UserError(
        `The update has not made the Secret ${accountSecretName(id)} anew: it must not leave ${id} out.`,
      );
    }
    return "left";
  }
  if (services.objectStore.adminSecret !== undefined) {
    await completeJob(kubectl, rekeyJobSpec(id, services, accountSecretName(id)), label, progress);
  } else if (lentKey !== undefined) {
    // `rekey-ID-key` would be what is kept for a tenant ID-key.
    const place = { name: `lent-${rekeyName(id)}`, namespace };
    const job = rekeyJobSpec(id, services, place.name);
    await withBackupSecret(context, id, place, () => completeJob(kubectl, job, label, progress));
  } else {
    await rekeyByItself(context, id, oldPassword, label);
  }
  return "re-keyed";
}

/** Runs the Job with the tenant's own identity, where nothing else reads its backups; the Job is given the old password for as long as it takes. */
async function rekeyByItself(
  context: BackupContext,
  id: string,
  oldPassword: string,
  label: string,
): Promise<void> {
  const { kubectl, services, progress, target, tenants } = context;
  if (tenants[id] === undefined || tenants[id].state === "offboarded") {
    throw new UserError(
      `${namespaceName(id)} has no role any more that reads ${id}'s backups: run this again with an administrator's access key, --lend-key.`,
    );
  }
  const tenant = tenantOfFile(target, id);
  const { settings: instance } = await instanceOf(context, tenant);
  const namespace = namespaceName(id);
  const remove = ["delete", "secret", rekeyName(id), "-n", namespace, "--ignore-not-found"];
  await kubectl.succeed(remove);
  const secret = JSON.stringify(oldPasswordSecret(id, namespace, oldPassword, target.stack));
  await kubectl.succeed(["create", "--filename", "-"], secret);
  try {
    await completeJob(kubectl, ownRekeyJobSpec({ tenant, instance, services }), label, progress);
  } finally {
    await kubectl.run(remove);
  }
}
