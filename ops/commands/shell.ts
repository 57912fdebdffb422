import { clusterStatus, ensureEngine } from "../../embedded/index.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { exportLine, shellQuote } from "../../lib/terminal/quote.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { engineFor } from "../stack/session.ts";
import { pathFolders, prepareStack, stackVariables } from "../stack/stack.ts";
import { targetFlags, targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: 'eval "$(npm run -s shell -- [options])"',
  text: `Prints the exports with which \`pulumi up -s dev\`, \`pulumi preview -s dev\`, \`kubectl\` … in this folder do what the
npm scripts do. The embedded cluster must be up.

${targetHelp}`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, targetOptions, help);
  if (parsed === undefined) {
    return 0;
  }
  const target = targetOf(parsed.values);
  if (target.kind === "embedded" && (await clusterStatus(target.home)) !== "healthy") {
    throw new UserError(`The embedded cluster is not up; \`npm run up${targetFlags(target)}\` starts it.`);
  }
  const engine = await ensureEngine({ ...engineFor(target), progress: terminalProgress() });
  await prepareStack(target, engine);
  console.log(`export PATH=${pathFolders(target, engine).map(shellQuote).join(":")}:"$PATH"`);
  for (const [name, value] of Object.entries(stackVariables(target, engine))) {
    console.log(value === undefined ? `unset ${name}` : exportLine(name, value));
  }
  return 0;
}
