import { appendFile, readFile, writeFile } from "node:fs/promises";
import { repository } from "../../lib/system/paths.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { printableLines } from "../../lib/text.ts";
import { type FleetStack, readFleet } from "../../settings/stacks.ts";
import { TenantFilesError } from "../../tenants/problems.ts";
import { baseOfUpdate } from "../ci/applied.ts";
import { driftOf, readDrifts, writeDriftIssue } from "../ci/drift.ts";
import { forgeOf } from "../ci/forgeOf.ts";
import { githubEnvironmentLines, login, maskLines, shellLines } from "../ci/login.ts";
import { namesOf, outputLines, type StageName, stageNames, stagesOf } from "../ci/stages.ts";
import { writeStickyComment } from "../ci/stickyComment.ts";
import { type Help, parseCommand } from "../commandLine/arguments.ts";
import { deletionsReport } from "../diagnosis/stackDeletions.ts";
import { changesSince } from "../review/git.ts";
import { withoutAddresses } from "../review/privacy.ts";
import { previewStack } from "../review/runPreview.ts";
import { touchedStacks } from "../review/touched.ts";
import { givenPath, targetOf } from "../stack/target.ts";

const step = (rest: string) => `node tools/run.mjs pipeline ${rest}`;

interface Step {
  readonly summary: string;
  run(argv: string[]): Promise<number>;
}

const steps: Readonly<Record<string, Step>> = {
  stages: {
    summary: "which stacks are to be worked on, in the order in which a merge is applied",
    run: stages,
  },
  login: { summary: "credentials for an hour, for the job's OIDC token", run: logIn },
  comment: { summary: "write or update the one comment on the pull request", run: comment },
  drift: { summary: "compare a stack's files, state and cloud", run: drift },
  issues: { summary: "open, update or close the issues about drift", run: issues },
};

/** The command that the workflows in .github and docs/ci.md call; it is not meant to be typed. */
export async function main(argv: string[]): Promise<number> {
  const [name = "--help", ...rest] = argv;
  if (name === "--help" || name === "-h") {
    const rows = Object.entries(steps).map(([key, { summary }]) => `  ${key.padEnd(10)}${summary}`);
    console.log([`usage: ${step("STEP [options]")}`, "", ...rows, "", "Each has --help."].join("\n"));
    return 0;
  }
  const found = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (found === undefined) {
    throw new UsageError(`There is no step "${name}"; there are ${Object.keys(steps).join(", ")}.`);
  }
  return found.run(rest);
}

const stagesHelp: Help = {
  usage: step("stages [--stack NAME | --base REF | --applied-by WORKFLOW] [--stage STAGE]"),
  text: `Prints platforms=[…], canaries=[…], cells=[…] and stacks=[…] for $GITHUB_OUTPUT: names of the stacks that somebody has
set up, all of them unless one option says which. An empty value is as good as none.

  --stack NAME           this one
  --base REF             those that the changes since REF touch
  --applied-by WORKFLOW  those that the changes since the last good run of that workflow file touch
  --stage STAGE          print the names of this stage alone, a line each: platforms, canaries, cells or stacks
  --help                 print this`,
};

async function stages(argv: string[]): Promise<number> {
  const options = {
    stack: { type: "string" },
    base: { type: "string" },
    "applied-by": { type: "string" },
    stage: { type: "string" },
  } as const;
  const parsed = parseCommand(argv, options, stagesHelp);
  if (parsed === undefined) {
    return 0;
  }
  const { stack, base, "applied-by": workflow } = parsed.values;
  const fleet = fleetOfRepository();
  const touchedSince = async (commit: string) =>
    touchedStacks((await changesSince(commit, repository)).files, fleet).stacks.map((each) => each.stack);
  const chosen = async () => {
    if (stack) {
      return [stack];
    }
    const since = base || (workflow ? await lastApplied(workflow) : undefined);
    return since === undefined ? fleet.map((each) => each.stack) : touchedSince(since);
  };
  const shown = parsed.values.stage === undefined ? undefined : stageName(parsed.values.stage);
  const found = stagesOf(await chosen(), fleet);
  const lines = shown === undefined ? outputLines(found) : namesOf(found, shown).join("\n");
  process.stdout.write(lines === "" ? "" : `${lines}\n`);
  return 0;
}

function stageName(text: string): StageName {
  const name = stageNames.find((each) => each === text);
  if (name === undefined) {
    throw new UsageError(`--stage ${text}: ${stageNames.join(", ")} are the stages`);
  }
  return name;
}

function fleetOfRepository(): FleetStack[] {
  try {
    return readFleet();
  } catch (error) {
    throw error instanceof TenantFilesError ? new UserError(error.message) : error;
  }
}

async function lastApplied(workflow: string): Promise<string | undefined> {
  const applied = await forgeOf(process.env).lastSuccess(workflow);
  const base = await baseOfUpdate(applied, repository);
  console.error(
    base === undefined ? "no earlier run to go on from: every stack" : `changes since ${base}, which is up`,
  );
  return base;
}

const loginHelp: Help = {
  usage: step("login --stack NAME"),
  text: `Exchanges the job's OIDC token for an hour's credentials of the clouds whose roles the environment names, and puts the
kubeconfig in KUBECONFIG_CONTENT into a file. On GitHub the variables are set for the steps that follow and hidden
in its logs; elsewhere they are printed for eval.

  --stack NAME  whose cloud must be among them
  --help        print this`,
};

async function logIn(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { stack: { type: "string" } }, loginHelp);
  if (parsed === undefined) {
    return 0;
  }
  const name = required(parsed.values.stack, "--stack", loginHelp);
  const stack = fleetOfRepository().find((each) => each.stack === name);
  if (stack === undefined) {
    throw new UserError(`There is no Pulumi.${name}.yaml, so nothing says where the stack ${name} is.`);
  }
  const { variables, secrets, said } = await login(stack.clusterKind, process.env);
  const { GITHUB_ENV: file } = process.env;
  if (file) {
    process.stdout.write(maskLines(secrets));
    await appendFile(file, githubEnvironmentLines(variables));
  } else {
    process.stdout.write(shellLines(variables));
  }
  for (const line of said) {
    console.error(`logged in: ${line}`);
  }
  return 0;
}

const commentHelp: Help = {
  usage: step("comment --file FILE"),
  text: `Writes the text as the pipeline's one comment on its pull request: the hidden marker in the first line says which
comment it replaces.

  --file FILE  as \`npm run review -- --out FILE\` writes it
  --help       print this`,
};

async function comment(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { file: { type: "string" } }, commentHelp);
  if (parsed === undefined) {
    return 0;
  }
  const text = await textOf(required(parsed.values.file, "--file", commentHelp));
  console.log(`comment: ${await writeStickyComment(forgeOf(process.env), text)}`);
  return 0;
}

const driftHelp: Help = {
  usage: step("drift --stack NAME [--out FILE]"),
  text: `Asks what an update would change, from the stack's files and from what is really there, and which claims and namespaces
are being deleted. Nothing is changed. Exit code 1 if there is anything of either, or the comparison fails.

  --stack NAME  the stack
  --out FILE    the result as JSON, for the step issues
  --help        print this`,
};

async function drift(argv: string[]): Promise<number> {
  const options = { stack: { type: "string" }, out: { type: "string" } } as const;
  const parsed = parseCommand(argv, options, driftHelp);
  if (parsed === undefined) {
    return 0;
  }
  const stack = required(parsed.values.stack, "--stack", driftHelp);
  const target = targetOf({ stack, embedded: false });
  const preview = await previewStack(target, undefined, terminalProgress(), ["--refresh"]);
  const deletions = await deletionsReport(target, terminalProgress());
  const found = driftOf(preview, deletions.text);
  if (parsed.values.out !== undefined) {
    await writeFile(givenPath(parsed.values.out), JSON.stringify(found));
  }
  const said = [preview.message, deletions.failure, found.beingDeleted].filter(Boolean);
  const changes = found.changes.map(({ kind, type, name }) => `  ${kind} ${type} ${name}`);
  const lines = [`${stack}: ${found.outcome}`, ...said, ...changes].join("\n");
  console.log(printableLines(withoutAddresses(lines)));
  return found.outcome === "clean" ? 0 : 1;
}

const issuesHelp: Help = {
  usage: step("issues --from DIR"),
  text: `For each result of the step drift: opens the stack's issue, updates the open one, or closes it when all is well.

  --from DIR  folder of the results, a JSON file each; there may be none
  --help      print this`,
};

async function issues(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { from: { type: "string" } }, issuesHelp);
  if (parsed === undefined) {
    return 0;
  }
  const folder = required(parsed.values.from, "--from", issuesHelp);
  const forge = forgeOf(process.env);
  for (const found of await readDrifts(givenPath(folder))) {
    console.log(`${found.stack}: ${found.outcome}, issue: ${await writeDriftIssue(forge, found)}`);
  }
  return 0;
}

function required(value: string | undefined, option: string, { usage }: Help): string {
  if (value === undefined || value === "") {
    throw new UsageError(`${option} is missing.\nusage: ${usage}`);
  }
  return value;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(givenPath(file), "utf8");
  } catch {
    throw new UserError(`${file} cannot be read.`);
  }
}
