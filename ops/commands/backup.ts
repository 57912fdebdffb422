import { backupName } from "../../components/backup/pod.ts";
import { namespaceName } from "../../components/names.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { type BackupContext, withBackups } from "../backup/context.ts";
import { followJob } from "../backup/jobs.ts";
import { manualJob } from "../backup/manualJob.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { tenantIdOf, tenantOption } from "../commandLine/tenantOption.ts";
import { backupTimes } from "../diagnosis/readiness.ts";
import { targetFlags, targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run backup -- --tenant ID [options]",
  text: `Backs a tenant up now, as every night, and waits for the end. The tenant's gateway runs on. After Ctrl-C the backup
goes on without being watched.

  --tenant ID      whom
${targetHelp}`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { ...targetOptions, ...tenantOption }, help);
  if (parsed === undefined) {
    return 0;
  }
  const id = tenantIdOf(parsed.values.tenant);
  await withBackups(targetOf(parsed.values), terminalProgress(), (context) => backUp(context, id));
  console.log(`${id} is backed up.`);
  return 0;
}

/** @throws UserError if the tenant has no backups, or with what the step that failed said */
async function backUp({ kubectl, progress, tenants, target }: BackupContext, id: string): Promise<void> {
  const tenant = tenants[id];
  if (tenant === undefined || tenant.state === "offboarded") {
    throw new UserError(
      tenant === undefined
        ? `The stack ${target.stack} has no tenant ${id}; \`npm run status${targetFlags(target)}\` lists them.`
        : `${id} is offboarded; its final backup was made then.`,
    );
  }
  const started = new Date();
  const namespace = namespaceName(id);
  const name = `${backupName}-now-${Math.floor(started.getTime() / 1000)}`;
  const nightly = await kubectl.succeed([
    ...["create", "job", name, "--namespace", namespace],
    ...["--from", `cronjob/${backupName}`, "--dry-run=client", "--output", "json"],
  ]);
  await kubectl.succeed(["create", "--filename", "-"], manualJob(nightly));
  const isKept = await followJob(kubectl, { namespace, name }, `backup of ${id}`, progress);
  // One that succeeded goes at once, and is remembered by its CronJob.
  const last = isKept ? undefined : (await backupTimes(kubectl)).get(namespace)?.last;
  if (!isKept && (last === undefined || Date.parse(last) < Math.floor(started.getTime() / 1000) * 1000)) {
    throw new UserError(`The Job ${name} in ${namespace} is gone before it ended: somebody deleted it.`);
  }
}
