import { z } from "zod";
import { namespaceName } from "../../components/names.ts";
import { accountSecretName } from "../../components/tenant/data/accountSecret.ts";
import { accountKeys } from "../../components/tenant/data/backupRepository.ts";
import {
  databaseJobSpec,
  filesJobSpec,
  type RestoreArgs,
  restoreJobSpec,
  restoresDatabase,
} from "../../components/tenant/data/restore.ts";
import { jsonOf } from "../system/json.ts";
import { Interrupted, UserError } from "../terminal/errors.ts";
import type { BackupContext } from "./context.ts";
import { annotate, startGateway, stopGateway } from "./gateway.ts";
import { JobFailure, runJob } from "./jobs.ts";
import { type RestorePlan, restoreAnnotations } from "./restorePlan.ts";

/**
 * Restores a backup into a tenant. Each step can be killed, and the whole run again: what was set aside first stays set
 * aside under the same id until it ends.
 *
 * @throws JobFailure when a step failed; the tenant then runs again as it was, if that could be done
 * @throws Interrupted after Ctrl-C, with the gateway stopped
 */
export async function restore(context: BackupContext, plan: RestorePlan): Promise<void> {
  const { kubectl, progress } = context;
  const { tenant, sourceId, restoreId } = plan;
  const { id } = tenant;
  const note = JSON.stringify({ restoreId, sourceId, snapshot: plan.snapshot.id });
  await annotate(context, id, { [restoreAnnotations.running]: note });
  try {
    await stopGateway(context, id);
    if (restoresDatabase(plan)) {
      await runJob(
        kubectl,
        databaseJobSpec("prepare", plan),
        `${id}: a new database beside the old`,
        progress,
      );
    }
    await withRepositorySecret(context, plan, () =>
      runJob(kubectl, restoreJobSpec(plan), `${id}: restoring`, progress),
    );
    if (restoresDatabase(plan) && sourceId !== id) {
      await runJob(kubectl, databaseJobSpec("finish", plan), `${id}: the schema gets its name`, progress);
    }
  } catch (error) {
    if (error instanceof JobFailure && !plan.discardCurrent) {
      await putBack(context, plan);
      throw new UserError(`${error.message}\n${id} runs again as it was.`);
    }
    throw error instanceof UserError && !(error instanceof Interrupted)
      ? new UserError(`${error.message}\n${id}'s gateway is stopped. The same command goes on.`)
      : error;
  }
  await annotate(context, id, {
    [restoreAnnotations.running]: undefined,
    [restoreAnnotations.last]: restoreId,
  });
  await startGateway(context, id);
}

/** Undoes a restore, whether it ended or not: what was set aside takes its place again. */
export async function putBack(
  context: BackupContext,
  args: Pick<RestoreArgs, "tenant" | "sourceId" | "restoreId" | "instance" | "services">,
): Promise<void> {
  const { kubectl, progress } = context;
  const { id, dataServices } = args.tenant;
  await stopGateway(context, id);
  if (dataServices) {
    await runJob(kubectl, databaseJobSpec("put-back", args), `${id}: the database as it was`, progress);
  }
  await runJob(kubectl, filesJobSpec(args, "put-back"), `${id}: the files as they were`, progress);
  await annotate(context, id, {
    [restoreAnnotations.running]: undefined,
    [restoreAnnotations.last]: undefined,
  });
  await startGateway(context, id);
}

/** Removes what restores have set aside. The gateway runs on. */
export async function cleanUp(
  context: BackupContext,
  args: Pick<RestoreArgs, "tenant" | "sourceId" | "restoreId" | "instance" | "services">,
): Promise<void> {
  const { kubectl, progress } = context;
  const { id, dataServices } = args.tenant;
  await runJob(kubectl, filesJobSpec(args, "clean"), `${id}: removing files that were set aside`, progress);
  if (dataServices) {
    const label = `${id}: removing databases that were set aside`;
    await runJob(kubectl, databaseJobSpec("clean", args), label, progress);
  }
  await annotate(context, id, { [restoreAnnotations.last]: undefined });
}

const secretSchema = z.object({ data: z.record(z.string(), z.string()) });

/** Lends the tenant's namespace what opens the source's backups, for as long as the body takes. */
async function withRepositorySecret<T>(
  { kubectl }: BackupContext,
  { tenant, sourceId, repositorySecret, services }: RestorePlan,
  body: () => Promise<T>,
): Promise<T> {
  const source = accountSecretName(sourceId);
  const text = await kubectl.succeed(["get", "secret", source, "-n", services.namespace, "--output", "json"]);
  const { data } = secretSchema.parse(jsonOf(text));
  const namespace = namespaceName(tenant.id);
  const remove = ["delete", "secret", repositorySecret, "--namespace", namespace, "--ignore-not-found"];
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: repositorySecret, namespace },
    data: Object.fromEntries(Object.values(accountKeys).map((key) => [key, data[key]])),
  };
  await kubectl.succeed(remove);
  await kubectl.succeed(["create", "--filename", "-"], JSON.stringify(secret));
  try {
    return await body();
  } finally {
    await kubectl.run(remove);
  }
}
