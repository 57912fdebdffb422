import type { Engine } from "../../embedded/engine/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { stackEnvironment } from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";

/**
 * What Pulumi prints on stdout for a target.
 *
 * @throws Error with all it printed, if it fails
 */
export async function pulumiOutput(
  target: Target,
  engine: Engine,
  command: readonly string[],
  input?: string,
): Promise<string> {
  const args = [...command, "--stack", target.stack, "--non-interactive", "--color=never"];
  const { code, stdout, stderr } = await run(engine.cli, args, {
    cwd: repository,
    env: stackEnvironment(target, engine),
    timeout: 240_000,
    ...(input === undefined ? {} : { input }),
  });
  if (code !== 0) {
    throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
  }
  return stdout;
}
