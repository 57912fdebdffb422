import { z } from "zod";
import { databaseTag } from "../../components/backup/backup.ts";
import { lentCredentials, lentPassword } from "../../components/backup/repository.ts";
import { type RestoreArgs, restoresDatabase } from "../../components/backup/restore.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { ageText } from "../diagnosis/tenantRows.ts";
import type { Instance } from "./context.ts";
import { type Backup, sizeText } from "./snapshots.ts";

/** Annotations of the tenant's Deployment. */
export const restoreAnnotations = {
  /** A restore that has begun and not ended. */
  running: "openclaw.ai/restore",
  /** Id of the last one that ended: what was there before is kept under it. */
  last: "openclaw.ai/last-restore",
} as const;

const runningSchema = z.object({ restoreId: z.string(), sourceId: z.string(), snapshot: z.string() });

/** The record of a restore that has not ended. */
export type RunningRestore = z.infer<typeof runningSchema>;

export function runningRestore({ annotations }: Instance): RunningRestore | undefined {
  const parsed = runningSchema.safeParse(jsonOf(annotations[restoreAnnotations.running] ?? ""));
  return parsed.success ? parsed.data : undefined;
}

/** `2611212047`: the minute, in UTC. As long as what a database's name has room for. */
export const restoreIdOf = (now: Date): string => now.toISOString().replace(/\D/g, "").slice(2, 12);

/** Everything that a restore needs to know before it begins. */
export interface RestorePlan extends RestoreArgs {
  readonly backup: Backup;
  /** Name of the Secret that opens the source's backups for as long as the restore takes. */
  readonly repositorySecret: string;
  /** Whether one that was interrupted is gone on with. */
  readonly isContinued: boolean;
}

/**
 * @param instance of the tenant that is restored into
 * @throws UserError if that one cannot be restored into as it is
 */
export function restorePlan(
  args: Pick<RestorePlan, "tenant" | "sourceId" | "services" | "discardCurrent" | "backup"> & {
    readonly instance: Instance;
    readonly isKeyLent: boolean;
    readonly now: Date;
  },
): RestorePlan {
  const { tenant, sourceId, services, backup, instance, discardCurrent, now } = args;
  const hasKey = args.isKeyLent || services.objectStore.adminSecret !== undefined;
  if (!hasKey && sourceId !== tenant.id) {
    throw new UserError(
      `On this cloud ${tenant.id}'s role reads its own backups only: to restore ${sourceId}'s into it, lend an administrator's access key, --lend-key.`,
    );
  }
  const running = runningRestore(instance);
  const restoreId = running?.restoreId ?? restoreIdOf(now);
  const repositorySecret = `restore-${restoreId}`;
  return {
    tenant,
    sourceId,
    snapshot: { id: backup.id, tags: backup.hasDatabase ? [databaseTag] : [] },
    restoreId,
    discardCurrent,
    repositorySecret,
    repository: hasKey ? lentCredentials(repositorySecret) : lentPassword(repositorySecret),
    instance: instance.settings,
    services,
    backup,
    isContinued: running !== undefined,
  };
}

/** @throws UserError unless the tenant runs, by its file and by the last update */
export function assertActive(tenant: Tenant, stateInCluster: string | undefined): void {
  if (tenant.state !== "active" || stateInCluster !== "active") {
    throw new UserError(
      `${tenant.id} is ${stateInCluster ?? "not up yet"}, and its file says ${tenant.state}. A restore requires an active tenant; \`npm run up\` makes the cluster what the file says. To look at the backup of one that has gone, restore it --into a new one.`,
    );
  }
}

/** The steps of a restore, for whoever decides. */
export function planText(plan: RestorePlan, now: Date): string {
  const { tenant, sourceId, backup, restoreId, discardCurrent } = plan;
  const { id } = tenant;
  const rows: [string, string][] = [
    ["backup", `of ${sourceId}, ${backup.time.replace(/\.\d+Z$/, "Z")}, ${ageText(backup.time, now)} old`],
    ["size", `${sizeText(backup.bytes)}, ${backup.reason}, id ${backup.id.slice(0, 8)}`],
    ["stops", `${id}'s gateway, until the end`],
    [
      "files",
      discardCurrent
        ? `${id}'s state is REMOVED FIRST, and is not kept`
        : `${id}'s state is replaced; what is there is kept as state.before-${restoreId} on its volume`,
    ],
    ["database", databaseText(plan)],
    ["lost", `what ${id} has done since${sourceId === id ? "" : ", and before"}, until it is put back`],
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(10)}${text}`);
  const title = plan.isContinued
    ? `A restore of ${id} was interrupted. This goes on with it:`
    : `This restores ${id}:`;
  return [title, ...lines].join("\n");
}

function databaseText(plan: RestorePlan): string {
  const { tenant, backup, restoreId } = plan;
  if (restoresDatabase(plan)) {
    return `tenant_${tenant.id} is replaced; what is there is kept as tenant_${tenant.id}_was_${restoreId}`;
  }
  return backup.hasDatabase
    ? `left out: the backup holds one, but ${tenant.id} has no data services`
    : "as it is: the backup holds none";
}
