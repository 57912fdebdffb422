import { terminalProgress } from "../terminal/progress.ts";
import { parseCommand } from "./arguments.ts";
import { runPulumi } from "./pulumi.ts";
import { openSession } from "./session.ts";
import { targetFlags, targetHelp, targetOf, targetOptions } from "./target.ts";
import { tenantRows, tenantTable } from "./tenantRows.ts";

const help = {
  usage: "npm run up -- [options] [-- options of pulumi up]",
  text: `Brings a stack up: gets an engine and, for dev, the embedded cluster, and runs \`pulumi up\` without asking.
Run again it changes nothing. What follows a second -- goes to pulumi: npm run up -- -- --diff

${targetHelp}`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, targetOptions, help);
  if (parsed === undefined) {
    return 0;
  }
  const target = targetOf(parsed.values);
  const progress = terminalProgress();
  const engine = await openSession(target, progress);
  const code = await runPulumi(target, engine, [
    ...["up", "--stack", target.stack, "--yes", "--skip-preview", "--suppress-outputs"],
    ...parsed.rest,
  ]);
  if (code !== 0) {
    console.error(
      `\nThe update did not complete. What was done is saved; \`npm run up${targetFlags(target)}\` goes on from there.`,
    );
    return code;
  }
  const flags = targetFlags(target);
  console.log(`\n${tenantTable(await tenantRows(target, progress))}\n`);
  console.log(
    `next: npm run status${flags}   npm run preview${flags}   npm run down${flags}   npm run shell${flags}`,
  );
  return 0;
}
