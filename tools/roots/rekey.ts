import { z } from "zod";
import { namespaceName } from "../../components/names.ts";
import { accountSecretName } from "../../components/tenant/data/accountSecret.ts";
import { ownRekeyJobSpec, rekeyJobSpec, rekeyName } from "../../components/tenant/data/backupRekey.ts";
import { accountKeys } from "../../components/tenant/data/backupRepository.ts";
import { withBackupSecret } from "../backup/backupSecret.ts";
import { type BackupContext, instanceOf, tenantOfFile } from "../backup/context.ts";
import { completeJob } from "../backup/jobs.ts";
import { jsonOf } from "../system/json.ts";
import { UserError } from "../terminal/errors.ts";
import { oldPasswordSecret } from "./oldPasswords.ts";

const secretSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** What became of a tenant's repository. */
export type Rekeyed = "re-keyed" | "left";

/**
 * Gives a tenant's repository the password of its new root, and takes the old one from it.
 *
 * @returns `left` if the tenant has left the stack: there is no new password, and the old one stays
 * @throws UserError if that failed: the same command goes on
 */
export async function rekey(context: BackupContext, id: string, oldPassword: string): Promise<Rekeyed> {
  const { kubectl, services, progress, lentKey } = context;
  const { namespace } = services;
  const label = `${id}: another password for its backups`;
  const account = ["secret", accountSecretName(id), "-n", namespace, "--output", "json"];
  const { data } = secretSchema.parse(jsonOf(await kubectl.succeed(["get", ...account])));
  const password = Buffer.from(data[accountKeys.password] ?? "", "base64").toString();
  if (password === oldPassword || password === "") {
    return "left";
  }
  if (services.objectStore.adminSecret !== undefined) {
    await completeJob(kubectl, rekeyJobSpec(id, services, accountSecretName(id)), label, progress);
  } else if (lentKey !== undefined) {
    const place = { name: `${rekeyName(id)}-key`, namespace };
    const job = rekeyJobSpec(id, services, place.name);
    await withBackupSecret(context, id, place, () => completeJob(kubectl, job, label, progress));
  } else {
    await rekeyByItself(context, id, oldPassword, label);
  }
  return "re-keyed";
}

/** Where only the tenant's own identity reads its backups: its Job is given the old password for as long as it takes. */
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
  const secret = JSON.stringify(oldPasswordSecret(id, namespace, oldPassword));
  await kubectl.succeed(["create", "--filename", "-"], secret);
  try {
    await completeJob(kubectl, ownRekeyJobSpec({ tenant, instance, services }), label, progress);
  } finally {
    await kubectl.run(remove);
  }
}
