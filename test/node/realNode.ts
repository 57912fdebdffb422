import { join } from "node:path";
import { expect } from "vitest";
import { placeOf } from "../../embedded/cluster/place.ts";
import { clusterProcesses, killClusterProcesses } from "../../embedded/cluster/processes.ts";
import { packageEnvironment } from "../../embedded/debian/packages.ts";
import { kubeletArguments } from "../../embedded/node/kubelet.ts";
import { findNamespaces, inside, startInside } from "../../embedded/node/namespaces.ts";
import { networkOf } from "../../embedded/node/network.ts";
import { nodePackages } from "../../embedded/node/parts.ts";
import { nodePlaceOf } from "../../embedded/node/place.ts";
import { readNodeRecord } from "../../embedded/node/record.ts";
import { markedProcesses } from "../../lib/system/process.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";

/** The home's node as its own programs see it. */
async function nodeOf(home: string) {
  const { folder } = placeOf(home);
  const place = nodePlaceOf(folder);
  const [namespaces, record] = [await findNamespaces(place), readNodeRecord(home)];
  if (namespaces === undefined || record === undefined) {
    throw new Error(`${home} has no node`);
  }
  const packages = await packageEnvironment(await nodePackages(silentProgress));
  const env = { ...packages, PATH: `${place.bin}:${packages.PATH}` };
  return { folder, place, namespaces, env, network: networkOf(record.slot) };
}

/** Runs a command among the node's mounts and processes. @throws UserError if it fails */
export async function runOnNode(home: string, command: readonly string[]): Promise<void> {
  const { namespaces, env } = await nodeOf(home);
  await inside(namespaces, command, { env });
}

/** Gives the node an image that no registry has. @param archive OCI archive */
export function importImage(home: string, archive: string): Promise<void> {
  return runOnNode(home, ["ctr", "--namespace", "k8s.io", "images", "import", archive]);
}

/** The two processes that hold the node's pods to the policies, by their ids: one judges, the other keeps it working. */
export async function enforcers(home: string): Promise<{ pid: number; isWorker: boolean }[]> {
  const [all, workers] = await Promise.all([
    clusterProcesses(placeOf(home).folder),
    markedProcesses("NETWORKPOLICY_ENFORCE_WORKER", "1"),
  ]);
  return all
    .filter(({ program }) => program === "networkpolicy-enforce")
    .map(({ pid }) => ({ pid, isWorker: workers.some((worker) => worker.pid === pid) }))
    .toSorted((one, other) => one.pid - other.pid);
}

/** Ends the node's kubelet by SIGKILL and starts it as it was. Pods, containerd and kube-proxy go on. */
export async function restartKubelet(home: string): Promise<void> {
  const { folder, place, namespaces, env, network } = await nodeOf(home);
  await killClusterProcesses(folder, "kubelet");
  const args = kubeletArguments(place, network, join(place.configuration, "kubelet.yaml"));
  await startInside(namespaces, join(place.bin, "kubelet"), args, join(place.logs, "kubelet.log"), env);
  const programs = async () => (await clusterProcesses(folder)).map(({ program }) => program);
  await expect.poll(programs, { timeout: 10_000 }).toContain("kubelet");
}
