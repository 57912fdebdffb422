import { UserError } from "../../lib/terminal/errors.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { type Column, tableLines } from "../../lib/terminal/table.ts";
import { counted } from "../../lib/text.ts";
import { contextOfStack } from "../../settings/stacks.ts";
import { ClusterSilent, type Kubectl, withKubectl } from "../stack/kubectl.ts";
import { tenantsOf } from "../stack/session.ts";
import { type StackOutputs, stackOutputs } from "../stack/stackOutputs.ts";
import type { Target } from "../stack/target.ts";
import { refuseDeletions } from "./deletions.ts";
import { look } from "./look.ts";
import { type Trouble, troublesOf, watchWhile } from "./watch.ts";

/** Milliseconds for each question: nobody waits for an answer that only explains. */
const patience = { timeout: 30_000 };

/** The connection to a target's cluster, as far as it is known. */
type Way = Pick<StackOutputs, "cluster" | "kubeconfig">;

/**
 * Runs an update and says meanwhile, a line each, why pods of its tenants do not run, as soon as that is sure. Engines say
 * so late or not at all.
 *
 * @returns its exit code and, if it is not 0, what was wrong at its end
 * @throws UserError before the update where something that holds data is being deleted, or the cluster does not answer
 */
export async function updateWithReasons(
  target: Target,
  say: (line: string) => void,
  update: () => Promise<number>,
): Promise<{ code: number; troubles: readonly Trouble[] }> {
  const way = await wayTo(target);
  if (way === undefined) {
    return { code: await update(), troubles: [] };
  }
  const ids = tenantsOf(target).map(({ id }) => id);
  return withKubectl(
    target,
    way,
    async (kubectl) => {
      await refuseDeletions(kubectl, ids).catch((error) => {
        if (way.kubeconfig === undefined || !(error instanceof ClusterSilent)) {
          throw error;
        }
        // The credential of the last update ends after some time; the program is given one of its own.
        say(`not known before the update, whether claims are being deleted: ${error.message}`);
      });
      return watchWhile(kubectl, update, { ids, say });
    },
    patience,
  );
}

/** The reasons that pods of these tenants do not run now; none where the cluster does not answer. */
export async function reasonsNow(target: Target, ids: readonly string[]): Promise<readonly Trouble[]> {
  const way = await wayTo(target);
  return way === undefined ? [] : withKubectl(target, way, (kubectl) => seenNow(kubectl, ids), patience);
}

async function seenNow(kubectl: Kubectl, ids: readonly string[]): Promise<readonly Trouble[]> {
  try {
    return troublesOf(await look(kubectl, ids));
  } catch (error) {
    if (error instanceof UserError) {
      return [];
    }
    throw error;
  }
}

/** The connection to the cluster. A stack's outputs do not say it before its first update is done; its settings may. */
async function wayTo(target: Target): Promise<Way | undefined> {
  if (target.kind !== "own" || target.context !== undefined) {
    return {};
  }
  const context = contextOfStack(target.stack);
  if (context !== undefined) {
    return { cluster: { context } };
  }
  const outputs = await stackOutputs(target, silentProgress).catch((error) => {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  });
  return outputs?.cluster?.context === undefined && outputs?.kubeconfig === undefined ? undefined : outputs;
}

/** The active tenants that are not ready, and why. */
export async function unreadyReport(
  target: Target,
  ids: readonly string[],
  seconds: number,
): Promise<string> {
  const why = whyTable(await reasonsNow(target, ids));
  const what = `${counted(ids.length, "active tenant")} not ready after ${seconds} s: ${ids.join(", ")}`;
  return why === "" ? what : `${what}\n\n${why}`;
}

const columns: readonly Column<Trouble>[] = [
  { title: "TENANT", value: ({ tenant }) => tenant },
  { title: "CAUSE", value: ({ cause }) => cause },
  { title: "WHY", value: ({ text }) => text },
];

/** Troubles as a table; empty without any. */
export const whyTable = (troubles: readonly Trouble[]): string =>
  troubles.length === 0 ? "" : tableLines(columns, troubles).join("\n");
