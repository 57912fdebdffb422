import { Interrupted, UsageError, UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { type BackupContext, instanceOf, tenantOfFile, withBackups } from "../backup/context.ts";
import { lendKeyOption, lentKeyOf } from "../backup/lendKey.ts";
import { listBackups } from "../backup/list.ts";
import { cleanUp, putBack, restore } from "../backup/restore.ts";
import {
  assertActive,
  planText,
  restoreAnnotations,
  restorePlan,
  runningRestore,
} from "../backup/restorePlan.ts";
import { backupAt, momentOf } from "../backup/snapshots.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { confirmTenant } from "../commandLine/confirm.ts";
import { tenantIdOf, tenantOption } from "../commandLine/tenantOption.ts";
import { targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run restore -- --tenant ID --at TIME [options]",
  text: `Restores a tenant to a backup: its files, and its database if it has one. What is there is set aside and kept. The
tenant's gateway is stopped meanwhile. Shows what it would do and has the tenant's id typed first. Interrupted, the same
command goes on with it. docs/operations.md has the whole procedure.

  --tenant ID        whose backup
  --at TIME          the last backup at or before it: 2026-11-20T03:00:00+08:00, a day (its end in UTC), or latest
  --into ID          restore into this other tenant, which must be up; its own files and database are set aside
  --lend-key         on OSS and COS: read the backups by the access key in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and,
                     if it has one, AWS_SESSION_TOKEN, which the restore has for as long as it takes. Wanted for --into
  --discard-current  remove the tenant's files first instead of keeping them, where its volume has no room for both
  --dry-run          show what it would do, and do nothing
  --yes              do not ask
  --undo             instead of --at: put back what the last restore set aside
  --clean            instead of --at: remove for good what restores have set aside
${targetHelp}`,
};

const options = {
  ...targetOptions,
  ...tenantOption,
  at: { type: "string" },
  into: { type: "string" },
  ...lendKeyOption,
  "discard-current": { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  undo: { type: "boolean", default: false },
  clean: { type: "boolean", default: false },
} as const;

interface Choices {
  readonly sourceId: string;
  readonly targetId: string;
  readonly at: string | undefined;
  readonly undo: boolean;
  readonly clean: boolean;
  readonly discardCurrent: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const choices = choicesOf(parsed.values);
  const body = (context: BackupContext) => run(context, choices);
  await withBackups(targetOf(parsed.values), terminalProgress(), body, lentKeyOf(parsed.values));
  return 0;
}

type Values = NonNullable<ReturnType<typeof parseCommand<typeof options>>>["values"];

/** @throws UsageError for options that are missing or do not go together */
function choicesOf(values: Values): Choices {
  const sourceId = tenantIdOf(values.tenant);
  const { at, into, undo, clean, yes } = values;
  if ([at !== undefined, undo, clean].filter(Boolean).length !== 1) {
    throw new UsageError("one of --at TIME, --undo and --clean is required");
  }
  if (at !== undefined) {
    momentOf(at);
  } else if (into !== undefined || values["discard-current"] || values["lend-key"]) {
    throw new UsageError("--into, --lend-key and --discard-current require --at");
  }
  return {
    sourceId,
    targetId: into === undefined ? sourceId : tenantIdOf(into, "--into"),
    at,
    undo,
    clean,
    discardCurrent: values["discard-current"],
    dryRun: values["dry-run"],
    yes,
  };
}

async function run(context: BackupContext, choices: Choices): Promise<void> {
  const { at, targetId } = choices;
  const tenant = tenantOfFile(context.target, targetId);
  assertActive(tenant, context.tenants[targetId]?.state);
  const instance = await instanceOf(context, tenant);
  if (at === undefined) {
    await undoOrClean(context, choices, { tenant, instance });
    return;
  }
  const now = new Date();
  const { sourceId, discardCurrent } = choices;
  const backup = backupAt(await listBackups(context, sourceId), at, sourceId);
  const { services, lentKey } = context;
  const isKeyLent = lentKey !== undefined;
  const plan = restorePlan({ tenant, sourceId, services, backup, discardCurrent, instance, isKeyLent, now });
  console.log(planText(plan, now));
  if (!(await mayGoOn(choices))) {
    return;
  }
  try {
    await restore(context, plan);
  } catch (error) {
    if (error instanceof Interrupted) {
      console.error(
        `\n${targetId}'s gateway is stopped. The same command goes on; --undo instead of --at puts back what was there.`,
      );
    }
    throw error;
  }
  const kept = discardCurrent ? "" : `; --undo puts back what was there, --clean removes that for good`;
  console.log(`${targetId} is restored and answers${kept}.`);
}

async function undoOrClean(
  context: BackupContext,
  choices: Choices,
  {
    tenant,
    instance,
  }: { tenant: ReturnType<typeof tenantOfFile>; instance: Awaited<ReturnType<typeof instanceOf>> },
): Promise<void> {
  const running = runningRestore(instance);
  const restoreId = running?.restoreId ?? instance.annotations[restoreAnnotations.last];
  const { services } = context;
  const args = { tenant, sourceId: tenant.id, instance: instance.settings, services };
  if (choices.clean) {
    if (running !== undefined) {
      throw new UserError(`A restore of ${tenant.id} was interrupted: finish it, or --undo it, first.`);
    }
    console.log(`This removes for good what restores of ${tenant.id} have set aside; the gateway runs on.`);
    if (await mayGoOn(choices)) {
      await cleanUp(context, { ...args, restoreId: restoreId ?? "0" });
    }
    return;
  }
  if (restoreId === undefined) {
    throw new UserError(`No restore of ${tenant.id} is there to be undone.`);
  }
  console.log(
    `This undoes the restore ${restoreId} of ${tenant.id}: what was there before takes its place again, and what the tenant has done since is kept as state.undone-${restoreId}. The gateway is stopped meanwhile.`,
  );
  if (await mayGoOn(choices)) {
    await putBack(context, { ...args, restoreId });
    console.log(`${tenant.id} is as it was before the restore, and answers.`);
  }
}

/** @throws UserError if it was asked and not confirmed */
async function mayGoOn({ dryRun, yes, targetId }: Choices): Promise<boolean> {
  if (dryRun) {
    console.log("Nothing was changed: --dry-run.");
    return false;
  }
  if (!yes) {
    await confirmTenant(targetId);
  }
  return true;
}
