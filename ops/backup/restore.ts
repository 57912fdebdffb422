import {
  databaseJobSpec,
  filesJobSpec,
  type RestoreArgs,
  restoreJobSpec,
  restoresDatabase,
} from "../../components/backup/restore.ts";
import { namespaceName } from "../../components/names.ts";
import { Interrupted, UserError } from "../../lib/terminal/errors.ts";
import { withBackupSecret } from "./backupSecret.ts";
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
    const place = { name: plan.repositorySecret, namespace: namespaceName(id) };
    await withBackupSecret(context, sourceId, place, () =>
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
