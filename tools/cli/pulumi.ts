import type { Engine } from "../engine/index.ts";
import { isOnTerminal, runInForeground } from "../system/foreground.ts";
import { repository } from "../system/paths.ts";
import { stackEnvironment } from "./stack.ts";
import type { Target } from "./target.ts";

/**
 * Runs Pulumi in the repository; resolves to its exit code. After one Ctrl-C it finishes what it is doing and saves its
 * state.
 */
export function runPulumi(target: Target, engine: Engine, args: readonly string[]): Promise<number> {
  return runInForeground(engine.cli, [...args, ...(isOnTerminal() ? [] : ["--non-interactive"])], {
    cwd: repository,
    env: stackEnvironment(target, engine),
  });
}
