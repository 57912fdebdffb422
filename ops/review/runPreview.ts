import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { Interrupted, UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { refreshedArguments } from "../stack/formerStandIn.ts";
import { openSession } from "../stack/session.ts";
import { stackEnvironment } from "../stack/stack.ts";
import type { Target } from "../stack/target.ts";
import type { StackPreview } from "./model.ts";
import { noPreview, stackPreview } from "./preview.ts";

/**
 * Previews a stack by the real engine; one that cannot be previewed says why, and the others still are.
 *
 * @param policyPack absolute path of its folder
 * @param more options of pulumi preview
 * @throws Interrupted after Ctrl-C
 */
export async function previewStack(
  target: Target,
  policyPack: string | undefined,
  progress: Progress,
  more: readonly string[] = [],
): Promise<StackPreview> {
  const { stack } = target;
  try {
    const engine = await openSession(target, progress);
    const args = [
      ...["preview", "--stack", stack, "--json", "--non-interactive", "--color=never"],
      ...(policyPack === undefined ? [] : ["--policy-pack", policyPack]),
      ...more,
    ];
    const refreshed = await refreshedArguments(target, engine, args, progress);
    const step = progress.step(`preview of ${stack}`);
    const ended = await run(engine.cli, refreshed, {
      cwd: repository,
      env: { ...stackEnvironment(target, engine), ...eventStream },
    });
    const preview = stackPreview(stack, ended, policyPack !== undefined);
    step[preview.outcome === "failed" ? "fail" : "done"]();
    return preview;
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof Interrupted) {
      throw error;
    }
    return noPreview(stack, "failed", error.message);
  }
}

const eventStream = { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" } as const;
