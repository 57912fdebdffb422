import { terminalProgress } from "../../lib/terminal/progress.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { tenantPlanLines } from "../review/tenantPlan.ts";
import { runPulumi, runPulumiWithEvents } from "../stack/pulumi.ts";
import { openSession } from "../stack/session.ts";
import { targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run preview -- [options] [-- options of pulumi preview]",
  text: `Shows what \`npm run up\` with the same options would change, and changes nothing; at the end, how many resources of
each tenant. The embedded cluster is started if it does not run. What follows a second -- goes to pulumi: npm run preview -- -- --diff

${targetHelp}`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, targetOptions, help);
  if (parsed === undefined) {
    return 0;
  }
  const target = targetOf(parsed.values);
  const engine = await openSession(target, terminalProgress());
  const command = ["preview", "--stack", target.stack];
  if (parsed.rest.some((option) => /^(--json|-j)(=|$)/.test(option))) {
    return runPulumi(target, engine, [...command, ...parsed.rest]);
  }
  const args = [...command, "--suppress-outputs", ...parsed.rest];
  const { code, events } = await runPulumiWithEvents(target, engine, args);
  if (code === 0) {
    console.log(tenantPlanLines(events).join("\n"));
  }
  return code;
}
