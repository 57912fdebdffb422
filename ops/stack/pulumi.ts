import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Engine } from "../../embedded/index.ts";
import { isOnTerminal, runInForeground } from "../../lib/system/foreground.ts";
import { repository } from "../../lib/system/paths.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { type Changes, changesOf } from "../fleet/updateSummary.ts";
import { refreshedArguments } from "./formerStandIn.ts";
import { stackEnvironment } from "./stack.ts";
import type { Target } from "./target.ts";

/**
 * Arguments of every update that a command makes by itself: without questions, and without its outputs in the log.
 * Where policies judge it there is a preview first: those that look at a whole stack do so at its end, which without
 * one is after the update.
 *
 * @param rest further options of `pulumi up`
 */
export function upArguments(
  target: Pick<Target, "kind" | "stack">,
  rest: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const preview = isJudged(target, rest, env) ? "--skip-preview=false" : "--skip-preview";
  return ["up", "--stack", target.stack, "--yes", preview, "--suppress-outputs", ...rest];
}

/**
 * Whether policy packs judge an update: those that the command line or the environment names, and those that an
 * organization of Pulumi Cloud enforces, which nothing here says.
 */
function isJudged(
  { kind }: Pick<Target, "kind">,
  rest: readonly string[],
  { PULUMI_OPTION_POLICY_PACK: packs, PULUMI_BACKEND_URL: backend = "" }: NodeJS.ProcessEnv,
): boolean {
  const isNamed = rest.some((option) => /^--policy-pack(=|$)/.test(option)) || Boolean(packs);
  const mayEnforce = kind === "own" && !selfManagedBackend.test(backend);
  return isNamed || mayEnforce;
}

/** Source: https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
const selfManagedBackend = /^(file|s3|gs|azblob|postgres):\/\//;

/**
 * Runs Pulumi in the repository; resolves to its exit code. After one Ctrl-C it finishes what it is doing and saves its
 * state.
 */
export async function runPulumi(target: Target, engine: Engine, args: readonly string[]): Promise<number> {
  const refreshed = await refreshedArguments(target, engine, args, terminalProgress());
  return runInForeground(engine.cli, [...refreshed, ...(isOnTerminal() ? [] : ["--non-interactive"])], {
    cwd: repository,
    env: stackEnvironment(target, engine),
  });
}

/** The same, and what the engine did, as its event log: a JSON object a line. */
export async function runPulumiWithEvents(
  target: Target,
  engine: Engine,
  args: readonly string[],
): Promise<{ code: number; events: string }> {
  return withEventLog(async ({ options, variables }) => {
    const refreshed = await refreshedArguments(target, engine, args, terminalProgress());
    const more = [...options, ...(isOnTerminal() ? [] : ["--non-interactive"])];
    return runInForeground(engine.cli, [...refreshed, ...more], {
      cwd: repository,
      env: { ...stackEnvironment(target, engine), ...variables },
    });
  });
}

/** The same with all it prints in a file, and with what it changed. */
export async function runPulumiLogged(
  target: Target,
  engine: Engine,
  args: readonly string[],
  log: string,
): Promise<{ code: number; changes: Changes }> {
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const { code, events } = await withEventLog(async ({ options, variables }) => {
    const refreshed = await refreshedArguments(target, engine, args, terminalProgress());
    await using output = await open(log, "w", 0o600);
    return runInForeground(engine.cli, [...refreshed, "--non-interactive", "--color=never", ...options], {
      cwd: repository,
      env: { ...stackEnvironment(target, engine), ...variables },
      output: output.fd,
    });
  });
  return { code, changes: changesOf(events) };
}

interface EventLog {
  readonly options: readonly string[];
  readonly variables: NodeJS.ProcessEnv;
}

/** Has Pulumi write an event log, and hands it on. */
async function withEventLog(
  body: (log: EventLog) => Promise<number>,
): Promise<{ code: number; events: string }> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-events-"));
  const file = join(folder, "events.jsonl");
  try {
    // The CLI has --event-log only so, which Pulumi's own Automation API uses as well.
    const variables = { PULUMI_DEBUG_COMMANDS: "true" };
    const code = await body({ options: ["--event-log", file], variables });
    return { code, events: await readFile(file, "utf8").catch(() => "") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
