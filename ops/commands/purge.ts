import { UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { printableLines } from "../../lib/text.ts";
import { withBackups } from "../backup/context.ts";
import { purge, remainsOf, remainsText } from "../backup/purge.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { confirmTenant } from "../commandLine/confirm.ts";
import { tenantIdOf, tenantOption } from "../commandLine/tenantOption.ts";
import { targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run purge -- --tenant ID [options]",
  text: `Deletes for good what is left of a tenant that was offboarded and whose file is deleted: its volume, its database,
its files and every backup. On OSS and COS files and backups stay, and it says where. Refused before the day that the data
is kept until. Shows what would go, and has the tenant's id typed first. Nothing brings any of it back.

  --tenant ID      whom
  --dry-run        show what would be deleted, and delete nothing
  --yes            do not ask; refused where it is not known until when the data is kept
${targetHelp}`,
};

const options = {
  ...targetOptions,
  ...tenantOption,
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const id = tenantIdOf(parsed.values.tenant);
  const { "dry-run": dryRun, yes } = parsed.values;
  await withBackups(targetOf(parsed.values), terminalProgress(), async (context) => {
    const today = new Date().toISOString().slice(0, 10);
    const remains = await remainsOf(context, id, today);
    console.log(printableLines(remainsText(remains)));
    if (dryRun) {
      console.log("Nothing was deleted: --dry-run.");
      return;
    }
    if (!yes) {
      await confirmTenant(id);
    } else if (remains.retainUntil === undefined) {
      throw new UserError(
        `Nobody knows until when the data of ${id} was to be kept: without --yes, at a terminal, its id confirms that it may go.`,
      );
    }
    await purge(context, remains);
    console.log(`Nothing is left of ${id} in the cluster.`);
  });
  return 0;
}
