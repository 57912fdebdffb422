import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { machineResolvers, removeNode } from "../node/index.ts";
import { nodeObjects } from "../node/objects.ts";
import type { NodeParts } from "../node/parts.ts";
import { versions } from "../versions.ts";
import { type ClusterPorts, clusterPorts, kwokctlConfiguration } from "./configuration.ts";
import { selfContainedKubeconfig } from "./kubeconfig.ts";
import { besideRealNode, clusterObjects } from "./objects.ts";
import { kubectl, kwokctl, type Place } from "./place.ts";
import { freePorts } from "./ports.ts";
import { killClusterProcesses } from "./processes.ts";
import { planNode, runNode } from "./realNode.ts";
import { logTail, startVolumeController, waitUntilReady } from "./running.ts";

const createAttempts = 3;

/**
 * Makes a new and empty cluster in a place, and a real node for it if there are parts of one.
 *
 * @throws UserError with the components' log tails if it does not start
 */
export async function create(
  place: Place,
  context: string,
  progress: Progress,
  nodeParts: NodeParts | undefined,
): Promise<void> {
  const step = progress.step("cluster: starting etcd, API server, controllers and simulated nodes");
  for (let attempt = 1; ; attempt += 1) {
    await killClusterProcesses(place.folder);
    await removeNode(place.home);
    await rm(place.folder, { recursive: true, force: true });
    await mkdir(join(place.folder, "bin"), { recursive: true, mode: 0o700 });
    const failure = await tryCreate(place, context, nodeParts);
    if (failure === undefined) {
      break;
    }
    if (attempt === createAttempts) {
      step.fail();
      throw new UserError(
        `The embedded cluster does not start: ${failure}\n${await logTail(place)}\nLogs: ${place.logs}`,
      );
    }
    progress.say(`cluster: ${failure}; trying other ports`);
  }
  step.done(`cluster: Kubernetes ${versions.kubernetes} runs, kubeconfig ${place.kubeconfig}`);
  if (nodeParts !== undefined) {
    await runNode(place, progress, nodeParts);
  }
  await writeFile(place.marker, `Kubernetes ${versions.kubernetes}\n`);
}

/** @returns why it did not work */
async function tryCreate(
  place: Place,
  context: string,
  nodeParts: NodeParts | undefined,
): Promise<string | undefined> {
  const numbers = await freePorts(clusterPorts.length);
  const ports = Object.fromEntries(clusterPorts.map((name, index) => [name, numbers[index]])) as ClusterPorts;
  const realNode = nodeParts === undefined ? undefined : await planNode(place, nodeParts);
  await writeFile(place.configuration, stringify(kwokctlConfiguration(ports, realNode)), { mode: 0o600 });
  const raw = join(place.folder, "kwokctl.kubeconfig");
  const created = await kwokctl(place, [
    "create",
    "cluster",
    "--config",
    place.configuration,
    "--kubeconfig",
    raw,
  ]);
  if (created.code !== 0) {
    return `kwokctl: ${created.stderr.trim().split("\n").at(-1) ?? created.code}`;
  }
  await writeFile(place.kubeconfig, selfContainedKubeconfig(await readFile(raw, "utf8"), context), {
    mode: 0o600,
  });
  await chmod(place.kubeconfig, 0o600);
  if (!(await waitUntilReady(place))) {
    return "the API server is not ready after a minute";
  }
  const objects =
    realNode === undefined
      ? [clusterObjects([])]
      : [clusterObjects(besideRealNode), nodeObjects(realNode.network, await machineResolvers())];
  for (const list of objects) {
    const applied = await kubectl(place, ["create", "-f", "-"], JSON.stringify(list));
    if (applied.code !== 0) {
      return applied.stderr.trim();
    }
  }
  await startVolumeController(place);
  return undefined;
}
