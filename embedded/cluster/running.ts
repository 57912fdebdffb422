import { readFile, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { standIns } from "../binaries/catalogue.ts";
import { binaryPath } from "../binaries/index.ts";
import { nodeKindLabel } from "../node/place.ts";
import { readNodeRecord } from "../node/record.ts";
import { kubectl, type Place } from "./place.ts";
import { clusterProcesses, killClusterProcesses, startDaemon } from "./processes.ts";

/** Programs without which a cluster does not work. */
export const components = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok-controller",
  "volume-controller",
];

/** Milliseconds for the API server to answer. */
const readyPatience = 60_000;

export async function isReady(place: Place): Promise<boolean> {
  const { code } = await kubectl(place, ["get", "--raw", "/readyz", "--request-timeout=5s"]);
  return code === 0;
}

/** @returns whether the API server answers; at once if it has ended */
export async function waitUntilReady(place: Place): Promise<boolean> {
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

/** The only part of a running cluster that changes with this repository. */
export async function renewVolumeController(place: Place): Promise<void> {
  const current = binaryPath(standIns(), "volume-controller");
  if ((await readlink(place.volumeController)) !== current) {
    await killClusterProcesses(place.folder, "volume-controller");
    await startVolumeController(place);
  }
}

export async function startVolumeController(place: Place): Promise<void> {
  await rm(place.volumeController, { force: true });
  await symlink(binaryPath(standIns(), "volume-controller"), place.volumeController);
  const besideReal = readNodeRecord(place.home) !== undefined;
  await startDaemon(
    place.volumeController,
    [...["--kubeconfig", place.kubeconfig], ...(besideReal ? ["--nodes", `${nodeKindLabel}=simulated`] : [])],
    join(place.logs, "volume-controller.log"),
  );
}

/** The end of each component's log. */
export async function logTail(place: Place): Promise<string> {
  const logs = await Promise.all(
    components.map(async (name) => {
      const text = await readFile(join(place.logs, `${name}.log`), "utf8").catch(() => "");
      return text === "" ? [] : [`  ${name}: ${text.trim().split("\n").slice(-2).join("\n    ")}`];
    }),
  );
  return logs.flat().join("\n");
}
