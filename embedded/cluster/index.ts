import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { withLock } from "../../lib/system/lock.ts";
import { type Progress, silentProgress } from "../../lib/terminal/progress.ts";
import { type Binaries, etcd, kubernetes, kwok, standIns } from "../binaries/catalogue.ts";
import { ensureBinaries } from "../binaries/index.ts";
import { nodeComponents, offerImages, removeNode } from "../node/index.ts";
import type { NodeParts } from "../node/parts.ts";
import { readNodeRecord } from "../node/record.ts";
import { create } from "./create.ts";
import { kwokctl, type Place, placeOf } from "./place.ts";
import { clusterProcesses, killClusterProcesses } from "./processes.ts";
import { offerModel, runNode } from "./realNode.ts";
import {
  components,
  isReady,
  renewVolumeController,
  startVolumeController,
  waitUntilReady,
} from "./running.ts";

export { kubectlFolder, kubectlVariables } from "./place.ts";

/** Context of the embedded cluster's kubeconfig; Pulumi.dev.yaml names it too. */
export const embeddedContext = "openclaw-dev";

export interface ClusterOptions {
  /** Folder of everything that this cluster leaves on disk, in `cluster/` and `kubeconfig`. */
  readonly home: string;
  /** Name of the kubeconfig's context. */
  readonly context?: string;
  /** The record of the cluster's real node; without it the cluster has simulated nodes only. */
  readonly nodeParts?: NodeParts | undefined;
  readonly progress?: Progress;
}

export interface Cluster {
  readonly kubeconfig: string;
  readonly context: string;
  /** Whether it was made just now and is empty; else it runs on with what it held. */
  readonly isNew: boolean;
}

/** The binaries that must be in the cache before a cluster can start. */
export function clusterBinaries(): Binaries[] {
  return [etcd, kwok, kubernetes, standIns()];
}

/**
 * A running cluster: the one of this home if it is healthy; else what is left of it started again with its data; else
 * a new one.
 *
 * @throws UserError with the components' log tails if it does not start
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { progress = silentProgress, context = embeddedContext, nodeParts } = options;
  await mkdir(options.home, { recursive: true });
  const place = placeOf(options.home);
  await ensureBinaries(clusterBinaries(), progress);
  return withLock(
    place.lock,
    async () => {
      const result = { kubeconfig: place.kubeconfig, context };
      if (await isHealthy(place)) {
        await renewVolumeController(place);
        if (nodeParts !== undefined) {
          await offerImages(place.home, place.folder, nodeParts);
          await offerModel(place, nodeParts);
        }
        return { ...result, isNew: false };
      }
      try {
        const isNew = !(await restart(place, progress, nodeParts));
        if (isNew) {
          await create(place, context, progress, nodeParts);
        }
        return { ...result, isNew };
      } catch (error) {
        await killClusterProcesses(place.folder);
        throw error;
      }
    },
    (owner) =>
      progress.say(`cluster: waiting for process ${owner?.pid ?? "?"}, which is starting or stopping it`),
  );
}

export type ClusterState = "none" | "healthy" | "unhealthy";

/** `unhealthy`: it was made, but not every part of it runs and answers. */
export async function clusterStatus(home: string): Promise<ClusterState> {
  if (!existsSync(home)) {
    return "none";
  }
  const place = placeOf(home);
  if (!existsSync(place.marker)) {
    return "none";
  }
  return (await isHealthy(place)) ? "healthy" : "unhealthy";
}

/** Ends every process of the home's cluster and removes its files. Fine if there is none. */
export async function removeCluster(home: string): Promise<void> {
  if (!existsSync(home)) {
    return;
  }
  const place = placeOf(home);
  await withLock(place.lock, async () => {
    await killClusterProcesses(place.folder);
    await removeNode(place.home);
    await rm(place.folder, { recursive: true, force: true });
    await rm(place.kubeconfig, { force: true });
  });
}

async function isHealthy(place: Place): Promise<boolean> {
  if (!existsSync(place.marker)) {
    return false;
  }
  const running = new Set((await clusterProcesses(place.folder)).map(({ program }) => program));
  const wanted = [...components, ...(readNodeRecord(place.home) === undefined ? [] : nodeComponents)];
  return wanted.every((name) => running.has(name)) && (await isReady(place));
}

/** Whether the cluster that was made in this place runs again. */
async function restart(place: Place, progress: Progress, nodeParts: NodeParts | undefined): Promise<boolean> {
  if (!existsSync(place.marker)) {
    return false;
  }
  const step = progress.step("cluster: not all of it runs; starting it again with its data");
  await killClusterProcesses(place.folder);
  // They may name processes of others by now, and kwokctl believes them.
  await rm(place.processIds, { recursive: true, force: true });
  await mkdir(place.processIds);
  await kwokctl(place, ["start", "cluster"]);
  await startVolumeController(place);
  if (await waitUntilReady(place)) {
    step.done("cluster: started again, its data kept");
    if (nodeParts !== undefined) {
      await runNode(place, progress, nodeParts);
    }
    return true;
  }
  step.fail("cluster: does not start again; a new and empty one takes its place");
  return false;
}
