import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { type Binaries, etcd, kubernetes, kwok, standIns } from "../binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../binaries/index.ts";
import { chooseNetwork } from "../node/host.ts";
import { machineResolvers, nodeComponents, offerImages, removeNode, startNode } from "../node/index.ts";
import { nodeObjects } from "../node/objects.ts";
import type { NodeParts } from "../node/parts.ts";
import { nodeKindLabel, nodeName } from "../node/place.ts";
import { readNodeRecord, writeNodeRecord } from "../node/record.ts";
import { withLock } from "../system/lock.ts";
import { UserError } from "../terminal/errors.ts";
import { type Progress, silentProgress } from "../terminal/progress.ts";
import { versions } from "../versions.ts";
import { type ClusterPorts, clusterPorts, kwokctlConfiguration, type RealNode } from "./configuration.ts";
import { selfContainedKubeconfig } from "./kubeconfig.ts";
import { besideRealNode, clusterObjects } from "./objects.ts";
import { kubectl, kwokctl, type Place, placeOf } from "./place.ts";
import { freePorts } from "./ports.ts";
import { clusterProcesses, killClusterProcesses, startDaemon } from "./processes.ts";

export { kubectlFolder } from "./place.ts";

/** Context of the embedded cluster's kubeconfig; Pulumi.dev.yaml names it too. */
export const embeddedContext = "openclaw-dev";

const components = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok-controller",
  "volume-controller",
];
const createAttempts = 3;
/** Milliseconds for the API server to answer. */
const readyPatience = 60_000;

export interface ClusterOptions {
  /** Folder of everything that this cluster leaves on disk, in `cluster/` and `kubeconfig`. */
  readonly home: string;
  /** Name of the kubeconfig's context. */
  readonly context?: string;
  /** Of a real node that the cluster has; else it has simulated nodes only. */
  readonly nodeParts?: NodeParts | undefined;
  readonly progress?: Progress;
}

export interface Cluster {
  readonly kubeconfig: string;
  readonly context: string;
  /** Whether it was made just now and is empty; else it runs on with what it held. */
  readonly isNew: boolean;
}

/** What must be in the cache before a cluster can start. */
export function clusterBinaries(): Binaries[] {
  return [etcd, kwok, kubernetes, standIns()];
}

/**
 * A running cluster: the one of this home if it is healthy; else what is left of it started again with its data; else
 * a new one.
 *
 * @throws UserError with the components' last words if it does not start
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { progress = silentProgress, context = embeddedContext } = options;
  await mkdir(options.home, { recursive: true });
  const place = placeOf(options.home);
  await ensureBinaries(clusterBinaries(), progress);
  const { nodeParts } = options;
  return withLock(
    place.lock,
    async () => {
      const result = { kubeconfig: place.kubeconfig, context };
      if (await isHealthy(place)) {
        await renewVolumeController(place);
        if (nodeParts !== undefined) {
          await offerImages(place.home, place.folder, nodeParts);
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

async function isReady(place: Place): Promise<boolean> {
  const { code } = await kubectl(place, ["get", "--raw", "/readyz", "--request-timeout=5s"]);
  return code === 0;
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
    await ensureNode(place, progress, nodeParts);
    return true;
  }
  step.fail("cluster: does not start again; a new and empty one takes its place");
  return false;
}

async function create(
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
        `The embedded cluster does not start: ${failure}\n${await lastWords(place)}\nLogs: ${place.logs}`,
      );
    }
    progress.say(`cluster: ${failure}; trying other ports`);
  }
  step.done(`cluster: Kubernetes ${versions.kubernetes} runs, kubeconfig ${place.kubeconfig}`);
  await ensureNode(place, progress, nodeParts);
  await writeFile(place.marker, `Kubernetes ${versions.kubernetes}\n`);
}

async function ensureNode(place: Place, progress: Progress, parts: NodeParts | undefined): Promise<void> {
  if (parts === undefined) {
    return;
  }
  const step = progress.step("node: starting containerd, kubelet and kube-proxy");
  await startNode(place.home, place.folder, place.kubeconfig, parts);
  const ready = await kubectl(place, ["wait", "--for=condition=Ready", `node/${nodeName}`, "--timeout=60s"]);
  if (ready.code !== 0) {
    step.fail();
    throw new UserError(`The real node does not become ready: ${ready.stderr.trim()}`);
  }
  step.done("node: ready, with the images that no registry has");
}

/** @returns why it did not work */
async function tryCreate(
  place: Place,
  context: string,
  nodeParts: NodeParts | undefined,
): Promise<string | undefined> {
  const numbers = await freePorts(clusterPorts.length);
  const ports = Object.fromEntries(clusterPorts.map((name, index) => [name, numbers[index]])) as ClusterPorts;
  const realNode = nodeParts === undefined ? undefined : await plannedNode(place, nodeParts);
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

async function plannedNode(place: Place, { image, givenImage }: NodeParts): Promise<RealNode> {
  const network = await chooseNetwork(place.home);
  await writeNodeRecord(place.home, { slot: network.slot, image, givenImage });
  return { network, client: place.client };
}

/** The only part of a running cluster that changes with this repository. */
async function renewVolumeController(place: Place): Promise<void> {
  const current = binaryPath(standIns(), "volume-controller");
  if ((await readlink(place.volumeController)) !== current) {
    await killClusterProcesses(place.folder, "volume-controller");
    await startVolumeController(place);
  }
}

async function startVolumeController(place: Place): Promise<void> {
  await rm(place.volumeController, { force: true });
  await symlink(binaryPath(standIns(), "volume-controller"), place.volumeController);
  const besideReal = readNodeRecord(place.home) !== undefined;
  await startDaemon(
    place.volumeController,
    [...["--kubeconfig", place.kubeconfig], ...(besideReal ? ["--nodes", `${nodeKindLabel}=simulated`] : [])],
    join(place.logs, "volume-controller.log"),
  );
}

async function waitUntilReady(place: Place): Promise<boolean> {
  const deadline = Date.now() + readyPatience;
  while (Date.now() < deadline) {
    const apiServer = (await clusterProcesses(place.folder)).some(
      ({ program }) => program === "kube-apiserver",
    );
    if (!apiServer) {
      return false;
    }
    if (await isReady(place)) {
      return true;
    }
    await sleep(100);
  }
  return false;
}

/** The end of each component's log. */
async function lastWords(place: Place): Promise<string> {
  const logs = await Promise.all(
    components.map(async (name) => {
      const text = await readFile(join(place.logs, `${name}.log`), "utf8").catch(() => "");
      return text === "" ? [] : [`  ${name}: ${text.trim().split("\n").slice(-2).join("\n    ")}`];
    }),
  );
  return logs.flat().join("\n");
}
