import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Engine } from "../../embedded/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { stackEnvironment, stateFile } from "./stack.ts";
import type { Target } from "./target.ts";

/** A resource in a state, as far as it is read here. */
export interface RecordedResource {
  readonly type: string;
  readonly custom?: boolean;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Deployment {
  readonly resources?: readonly RecordedResource[];
}

/**
 * Whether the kubernetes plugin that wrote a state was a stand-in of a version before 2026-11-26. Those left out
 * `__inputs`, which the official plugin compares with: it takes an object without them for another one, and replaces it.
 */
export function isOfFormerStandIn(resources: readonly RecordedResource[]): boolean {
  return resources.some(
    ({ type, custom, outputs }) =>
      custom === true && type.startsWith("kubernetes:") && outputs !== undefined && !("__inputs" in outputs),
  );
}

/** Commands of Pulumi that compare the program with the state. */
const comparing = ["up", "preview"];

/**
 * Arguments of Pulumi with `--refresh` where the official kubernetes plugin goes on with a stack that a former stand-in
 * wrote: it reads every object first, and then records it in its own way. Says so in a line.
 */
export async function refreshedArguments(
  target: Target,
  engine: Engine,
  args: readonly string[],
  progress: Progress,
): Promise<readonly string[]> {
  const [command, ...options] = args;
  if (engine.kubernetes !== "official" || command === undefined || !comparing.includes(command)) {
    return args;
  }
  if (!isOfFormerStandIn(await recordedResources(target, engine))) {
    return args;
  }
  progress.say(
    `${target.stack}: last written by a stand-in that official plugins cannot go on from; refreshing first`,
  );
  return [command, "--refresh", ...options];
}

/** None of a stack that is not there yet: Pulumi itself says so. */
async function recordedResources(target: Target, engine: Engine): Promise<readonly RecordedResource[]> {
  if (target.kind !== "own") {
    const file = stateFile(target);
    const state: { checkpoint?: { latest?: Deployment } } = existsSync(file)
      ? JSON.parse(await readFile(file, "utf8"))
      : {};
    return state.checkpoint?.latest?.resources ?? [];
  }
  const exported = await run(engine.cli, ["stack", "export", "--stack", target.stack, "--non-interactive"], {
    cwd: repository,
    env: stackEnvironment(target, engine),
  });
  const state: { deployment?: Deployment } = exported.code === 0 ? JSON.parse(exported.stdout) : {};
  return state.deployment?.resources ?? [];
}
