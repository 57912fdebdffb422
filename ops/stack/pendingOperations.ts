import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Engine } from "../../embedded/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { stackEnvironment, stateFile } from "./stack.ts";
import type { Target } from "./target.ts";

interface StateFile {
  readonly checkpoint?: { readonly latest?: { readonly pending_operations?: readonly unknown[] } };
}

/**
 * Forgets the operations that a killed engine began and never saw end; resolves to how many. The engine itself keeps
 * unfinished creations, and warns of them at every run, until somebody says what became of them. Here the answer is
 * always the same: creating an object that is there takes it over.
 *
 * @throws UserError if Pulumi cannot write the state
 */
export async function forgetPendingOperations(target: Target, engine: Engine): Promise<number> {
  const file = stateFile(target);
  if (!existsSync(file)) {
    return 0;
  }
  const state: StateFile = JSON.parse(await readFile(file, "utf8"));
  const count = state.checkpoint?.latest?.pending_operations?.length ?? 0;
  if (count > 0) {
    // An import leaves them out.
    const { stdout } = await runStackCommand(target, engine, "export");
    await runStackCommand(target, engine, "import", stdout);
  }
  return count;
}

/** `pulumi stack export` or `import`: states pass through memory alone. @throws UserError if it fails */
export async function runStackCommand(
  target: Target,
  engine: Engine,
  verb: "export" | "import",
  input?: string,
  ...more: readonly string[]
): Promise<RunResult> {
  const args = ["stack", verb, "--stack", target.stack, "--non-interactive", ...more];
  const result = await run(engine.cli, args, {
    cwd: repository,
    env: stackEnvironment(target, engine),
    ...(input === undefined ? {} : { input }),
  });
  if (result.code !== 0) {
    throw new UserError(`pulumi stack ${verb} ${target.stack} failed: ${result.stderr.trim()}`);
  }
  return result;
}
