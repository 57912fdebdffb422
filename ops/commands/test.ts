import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import {
  clusterBinaries,
  engineVariable,
  ensureBinaries,
  envoyGateway,
  networkPolicyPrograms,
  planEngine,
  versitygw,
} from "../../embedded/index.ts";
import { runInForeground } from "../../lib/system/foreground.ts";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import { type Progress, terminalProgress } from "../../lib/terminal/progress.ts";
import {
  type FileTime,
  fileTimesReporter,
  fileTimesVariable,
  slowestFiles,
} from "../../tools/tests/fileTimes.ts";
import { skipNodeTestsVariable, unseenSkip } from "../../tools/tests/nodeTests.ts";
import { countOf, failuresOf, resultLine, type TestReport } from "../../tools/tests/testResult.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { engineKind } from "../stack/target.ts";

const help = {
  usage: "npm test -- [--engine KIND] [-- options of vitest]",
  text: `Format and lint, types, the workflows, vet and tests of the Go programs, then every vitest project, for which engine and
cluster are made first where they are missing; pods really run in the last one, node, for which Linux and root are needed:
elsewhere its tests count as skipped, and where CI is set the command fails unless ${skipNodeTestsVariable} is set too.
Ends with the ten slowest test files, what failed, and a line that counts. One project: npm test -- -- --project unit

  --engine KIND    official or stand-in: that engine or none
  --help           print this`,
};

interface Check {
  readonly label: string;
  readonly command: readonly [string, ...string[]];
  /** Relative to the repository. */
  readonly folder?: string;
}

const checks: readonly Check[] = [
  { label: "format and lint", command: ["biome", "check", "."] },
  { label: "types", command: ["tsc", "--noEmit"] },
  {
    label: "workflows",
    // shellcheck and pyflakes would be used where they happen to be installed.
    command: ["go", "tool", "actionlint", "-shellcheck=", "-pyflakes="],
    folder: "embedded/go/actionlint",
  },
  { label: "go vet of the stand-ins", command: ["go", "vet", "./..."], folder: "embedded/standin" },
  { label: "tests of the stand-ins", command: ["go", "test", "./..."], folder: "embedded/standin" },
  {
    label: "go vet of the policy programs",
    command: ["go", "vet", "./..."],
    folder: "embedded/go/networkpolicy",
  },
  {
    label: "tests of the policy programs",
    command: ["go", "test", "./..."],
    folder: "embedded/go/networkpolicy",
  },
];

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { engine: { type: "string" } }, help);
  if (parsed === undefined) {
    return 0;
  }
  const machine = { environment: process.env, platform: process.platform, uid: process.getuid?.() };
  const skip = unseenSkip(machine, parsed.rest);
  if (skip !== undefined) {
    throw new UserError(skip);
  }
  const { engine } = parsed.values;
  const choice = engine === undefined ? undefined : engineKind(engine);
  const progress = terminalProgress();
  const results = [];
  for (const check of checks) {
    results.push(await runCheck(check, progress));
  }
  const plan = await planEngine({ choice, progress });
  await ensureBinaries(
    [...plan.needs, ...clusterBinaries(), networkPolicyPrograms(), versitygw, envoyGateway],
    progress,
  );
  const variables = choice === undefined ? {} : { [engineVariable]: choice };
  const runs = await runTests(parsed.rest, variables, progress);
  const reports = runs.map(({ report }) => report);
  const slowest = slowestFiles(
    runs.flatMap(({ times }) => times),
    repository,
  );
  for (const text of [slowest.join("\n"), ...failuresOf(reports, repository)].filter(Boolean)) {
    console.log(`${text}\n`);
  }
  const count = countOf(reports, results);
  console.log(resultLine(count));
  return count.failed === 0 ? 0 : 1;
}

/** The project's own programs and its node first. Go compiles as binaries/goBuild.ts does, so each package once. */
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  CGO_ENABLED: "0",
  GOFLAGS: [process.env.GOFLAGS, "-trimpath"].filter(Boolean).join(" "),
  PATH: [join(repository, "node_modules", ".bin"), process.env.PATH].join(delimiter),
});

/** @returns whether it passed; undefined if the program for it is not there */
async function runCheck(
  { label, command, folder = "." }: Check,
  progress: Progress,
): Promise<boolean | undefined> {
  const step = progress.step(label);
  const [program, ...args] = command;
  const { code, stdout, stderr } = await run(program, args, {
    cwd: join(repository, folder),
    env: environment(),
  });
  if (code === 127) {
    step.fail(`${label}: skipped, there is no ${program}`);
    return undefined;
  }
  if (code === 0) {
    step.done();
    return true;
  }
  step.fail();
  process.stderr.write(`${stdout}${stderr}`);
  return false;
}

/**
 * Runs the tests on a real node beside the others, because either leaves a part of two processors free. Their output is
 * shown once the others have ended.
 */
async function runTests(
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<readonly VitestRun[]> {
  if (args.some((arg) => arg.startsWith("--project"))) {
    return [await runVitest(args, variables)];
  }
  const group = (project: string, output?: HeldOutput) =>
    runVitest([`--project=${project}`, "--passWithNoTests", ...args], variables, output?.write);
  const held = new HeldOutput();
  const others = group("!node");
  const node = prepareNode().then(() => {
    throwIfInterrupted();
    return group("node", held);
  });
  const runs = Promise.all([others, node]);
  runs.catch(() => undefined);
  await others;
  progress.say("the tests on a real node, which run beside those:");
  held.release();
  await runs;
  throwIfInterrupted();
  return runs;
}

/** Output that is kept until it is released, and printed at once from then on. */
class HeldOutput {
  #kept: Buffer[] | undefined = [];

  readonly write = (chunk: Buffer): void => {
    if (this.#kept === undefined) {
      process.stdout.write(chunk);
    } else {
      this.#kept.push(chunk);
    }
  };

  release(): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    process.stdout.write(Buffer.concat(kept));
  }
}

/**
 * Compiles what a real node runs and builds its images, with the processor that the tests leave while they wait. What
 * fails in it the tests of the node say.
 */
async function prepareNode(): Promise<void> {
  if (process.platform === "linux" && process.getuid?.() === 0) {
    const program = join(repository, "embedded/node/prepare.ts");
    const options = { cwd: repository, env: environment() };
    await run("nice", ["-n", "19", process.execPath, program], options).catch(() => undefined);
  }
}

interface VitestRun {
  /** None if vitest ended without one. */
  readonly report: TestReport | undefined;
  readonly times: readonly FileTime[];
}

async function runVitest(
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
  output?: (chunk: Buffer) => void,
): Promise<VitestRun> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-test-"));
  const files = { report: join(folder, "report.json"), times: join(folder, "times.json") };
  try {
    const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
    const reporters = ["default", "json", join(repository, fileTimesReporter)].map(
      (each) => `--reporter=${each}`,
    );
    await runInForeground(
      process.execPath,
      [vitest, "run", ...reporters, `--outputFile.json=${files.report}`, ...args],
      {
        cwd: repository,
        env: { ...environment(), [fileTimesVariable]: files.times, ...variables },
        ...(output === undefined ? {} : { output }),
      },
    );
    return { report: await readJson(files.report), times: (await readJson(files.times)) ?? [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The JSON that vitest wrote, if it did. */
async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
