import { existsSync } from "node:fs";
import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { removeCluster } from "../../embedded/index.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { endLeftovers } from "../stack/leftovers.ts";
import { killLockOwners } from "../stack/locks.ts";
import { runPulumi } from "../stack/pulumi.ts";
import { openSession } from "../stack/session.ts";
import { type Target, targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run down -- [options] [-- options of pulumi destroy]",
  text: `The embedded cluster: ends it with all that is on it and removes its folder. Fine if there is none.
Any other cluster: \`pulumi destroy\` of the stack, after asking. Protected resources (volumes of tenants, for one) stand
in its way: offboard the tenants first.

  --yes            do not ask
${targetHelp}`,
};

/** Folders in the home that belong to clusters of the user's, not to the embedded one. */
const kept = ["contexts", "stacks"];

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { ...targetOptions, yes: { type: "boolean", default: false } }, help);
  if (parsed === undefined) {
    return 0;
  }
  const target = targetOf(parsed.values);
  return target.kind === "embedded"
    ? removeEmbedded(target)
    : destroy(target, parsed.values.yes, parsed.rest);
}

async function removeEmbedded(target: Target): Promise<number> {
  const { home } = target;
  if (!existsSync(home)) {
    console.log("Nothing is up.");
    return 0;
  }
  await killLockOwners(target);
  await endLeftovers(target);
  await removeCluster(home);
  const names = await readdir(home);
  for (const name of names.filter((each) => !kept.includes(each))) {
    await rm(join(home, name), { recursive: true, force: true });
  }
  if (names.some((name) => kept.includes(name))) {
    console.log(`The embedded cluster is gone. ${home} keeps the state of stacks on your own clusters.`);
  } else {
    await rmdir(home);
    console.log(`The embedded cluster and ${home} are gone.`);
  }
  return 0;
}

async function destroy(target: Target, yes: boolean, rest: readonly string[]): Promise<number> {
  const where = target.context === undefined ? "" : ` on ${target.context}`;
  if (!yes && !(await confirmed(`Destroy every resource of the stack ${target.stack}${where}?`))) {
    console.log("Nothing is changed.");
    return 1;
  }
  const engine = await openSession(target, terminalProgress());
  const code = await runPulumi(target, engine, ["destroy", "--stack", target.stack, "--yes", ...rest]);
  if (code !== 0) {
    console.error(
      "\nNot everything is destroyed. If resources are protected: set `state: offboarded` in the tenants' files and run up.",
    );
    return code;
  }
  if (target.kind === "local") {
    await runPulumi(target, engine, ["stack", "rm", target.stack, "--yes", "--preserve-config"]);
    await rm(target.folder, { recursive: true, force: true });
  }
  return 0;
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError("This needs an answer and there is no terminal to ask on; --yes answers it.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${question} Type yes: `)).trim() === "yes";
  } finally {
    terminal.close();
  }
}
