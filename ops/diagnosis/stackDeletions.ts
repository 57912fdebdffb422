import { Interrupted, UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { ClusterSilent, withKubectl } from "../stack/kubectl.ts";
import { type StackOutputs, stackOutputs } from "../stack/stackOutputs.ts";
import type { Target } from "../stack/target.ts";
import { type Deletion, deletionsNow, deletionsText } from "./deletions.ts";

/**
 * Objects with data of a stack's tenants, or of the services that they share, that are being deleted now.
 *
 * @throws UserError if there is no kubectl, or the cluster does not answer
 */
export const deletionsOf = (target: Target, outputs: StackOutputs): Promise<Deletion[]> =>
  withKubectl(target, outputs, (kubectl) => deletionsNow(kubectl, Object.keys(outputs.tenants)));

/**
 * The same as text for the nightly comparison, since no preview shows it. The credential of a managed cluster's last update
 * has mostly ended by night: there only the program, which is given one of its own, can ask.
 *
 * @returns no text if the cluster does not answer
 */
export async function deletionsReport(
  target: Target,
  progress: Progress,
): Promise<{ readonly text?: string; readonly failure?: string }> {
  const outputs = await stackOutputs(target, progress).catch(onlyUserError);
  if (outputs === undefined) {
    return { text: "" };
  }
  try {
    return { text: deletionsText(await deletionsOf(target, outputs)) };
  } catch (error) {
    onlyUserError(error);
    const failure = `Not known, whether claims are being deleted. ${error instanceof Error ? error.message : ""}`;
    const hasEnded = error instanceof ClusterSilent && outputs.kubeconfig !== undefined;
    return hasEnded ? { text: "", failure } : { failure };
  }
}

function onlyUserError(error: unknown): undefined {
  if (!(error instanceof UserError) || error instanceof Interrupted) {
    throw error;
  }
}
