import { terminalProgress } from "../../lib/terminal/progress.ts";
import { type BackupContext, withBackups } from "../backup/context.ts";
import { lendKeyOption, lentKeyOf } from "../backup/lendKey.ts";
import { listBackups } from "../backup/list.ts";
import { backupTable } from "../backup/snapshots.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { tenantIdOf, tenantOption } from "../commandLine/tenantOption.ts";
import { targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run backups -- --tenant ID [options]",
  text: `The backups that there are of a tenant, the oldest first: time in UTC, size, what is in it. Also of one that was
offboarded.

  --tenant ID      whose
  --lend-key       on OSS and COS, where an offboarded tenant has no role: read them by the access key in AWS_ACCESS_KEY_ID,
                   AWS_SECRET_ACCESS_KEY and, if it has one, AWS_SESSION_TOKEN
  --json           {"backups": [{"id", "time", "bytes", "reason", "hasDatabase"}]}
${targetHelp}`,
};

const options = {
  ...targetOptions,
  ...tenantOption,
  ...lendKeyOption,
  json: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const id = tenantIdOf(parsed.values.tenant);
  const target = targetOf(parsed.values);
  const lentKey = lentKeyOf(parsed.values);
  const list = (context: BackupContext) => listBackups(context, id);
  const backups = await withBackups(target, terminalProgress(), list, lentKey);
  if (parsed.values.json) {
    console.log(JSON.stringify({ backups }));
  } else {
    console.log(backups.length === 0 ? `${id} has no backup yet.` : backupTable(backups));
  }
  return 0;
}
