import { workloadSelectorText } from "../../components/labels.ts";
import { namespaceName, objectNames } from "../../components/names.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { refuseDeletions } from "../diagnosis/deletions.ts";
import type { BackupContext } from "./context.ts";

type Cluster = Pick<BackupContext, "kubectl" | "progress">;

const deployment = `deployment/${objectNames.workload}`;

const inNamespace = (id: string): string[] => ["--namespace", namespaceName(id)];

/**
 * Ends the tenant's gateway, and waits until its pod has let go of the volume.
 *
 * @throws UserError if it does not end, or if its claim is being deleted, whose volume would end with it
 */
export async function stopGateway({ kubectl, progress }: Cluster, id: string): Promise<void> {
  await refuseDeletions(kubectl, [id]);
  const step = progress.step(`${id}: stopping the gateway`);
  await kubectl.succeed(["scale", deployment, "--replicas=0", ...inNamespace(id)]);
  // It may have to come to the end of what it does: workload.ts allows 330 s.
  const { code, stderr } = await kubectl.run([
    ...["wait", "pods", "--for=delete", "--selector", workloadSelectorText, ...inNamespace(id)],
    ...["--request-timeout=0", "--timeout=400s"],
  ]);
  // Which kubectl says where there was no pod in the first place.
  if (code !== 0 && !stderr.includes("no matching resources found")) {
    step.fail();
    throw new UserError(`The gateway of ${id} does not end: ${stderr.trim()}`);
  }
  step.done(`${id}: the gateway is stopped`);
}

/** Starts it again, and waits until it answers. */
export async function startGateway({ kubectl, progress }: Cluster, id: string): Promise<void> {
  const step = progress.step(`${id}: starting the gateway`);
  await kubectl.succeed(["scale", deployment, "--replicas=1", ...inNamespace(id)]);
  await kubectl.succeed([
    ...["rollout", "status", deployment, ...inNamespace(id)],
    ...["--request-timeout=0", "--timeout=600s"],
  ]);
  step.done(`${id}: the gateway answers`);
}

/** Writes annotations of the tenant's Deployment, where a restore keeps what it must remember; undefined removes one. */
export async function annotate(
  { kubectl }: Cluster,
  id: string,
  annotations: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const changes = Object.entries(annotations).map(([key, value]) =>
    value === undefined ? `${key}-` : `${key}=${value}`,
  );
  await kubectl.succeed(["annotate", deployment, "--overwrite", ...inNamespace(id), ...changes]);
}
