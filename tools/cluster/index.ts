import { existsSync, realpathSync } from "node:fs";
import { chmod, mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { type Binaries, etcd, kubernetes, kwok, standIns } from "../binaries/catalogue.ts";
import { binariesFolder, binaryPath, ensureBinaries } from "../binaries/index.ts";
import { withLock } from "../system/lock.ts";
import { type RunResult, run } from "../system/run.ts";
import { UserError } from "../terminal/errors.ts";
import { type Progress, silentProgress } from "../terminal/progress.ts";
import { versions } from "../versions.ts";
import { type ClusterPorts, clusterPorts, kwokctlConfiguration } from "./configuration.ts";
import { selfContainedKubeconfig } from "./kubeconfig.ts";
import { clusterObjects } from "./objects.ts";
import { freePorts } from "./ports.ts";
import { clusterProcesses, killClusterProcesses, startDaemon } from "./processes.ts";

/** Context of the embedded cluster's kubeconfig; Pulumi.dev.yaml names it too. */
export const embeddedContext = "openclaw-dev";

/** kwokctl's name of the cluster. Clusters of other homes may have the same: they share nothing. */
const clusterName = "openclaw";
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

/** The folder of kubectl, for PATH. */
export function kubectlFolder(): string {
  return binariesFolder(kubernetes);
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
  const place = placeOf(realpathSync(options.home));
  await ensureBinaries(clusterBinaries(), progress);
  return withLock(
    place.lock,
    async () => {
      const result = { kubeconfig: place.kubeconfig, context };
      if (await isHealthy(place)) {
        await renewVolumeController(place);
        return { ...result, isNew: false };
      }
      try {
        const isNew = !(await restart(place, progress));
        if (isNew) {
          await create(place, context, progress);
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
  const place = placeOf(realpathSync(home));
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
  const place = placeOf(realpathSync(home));
  await withLock(place.lock, async () => {
    await killClusterProcesses(place.folder);
    await rm(place.folder, { recursive: true, force: true });
    await rm(place.kubeconfig, { force: true });
  });
}

type Place = ReturnType<typeof placeOf>;

/** @param home with links resolved, as programs name themselves in the list of processes */
function placeOf(home: string) {
  const folder = join(home, "cluster");
  const work = join(folder, "clusters", clusterName);
  return {
    folder,
    lock: join(home, "cluster.lock"),
    kubeconfig: join(home, "kubeconfig"),
    /** Written last of all; tells what made the cluster. */
    marker: join(folder, "complete"),
    configuration: join(folder, "kwokctl.yaml"),
    volumeController: join(folder, "bin", "volume-controller"),
    logs: join(work, "logs"),
    processIds: join(work, "pids"),
  };
}

async function isHealthy(place: Place): Promise<boolean> {
  if (!existsSync(place.marker)) {
    return false;
  }
  const running = new Set((await clusterProcesses(place.folder)).map(({ program }) => program));
  return components.every((name) => running.has(name)) && (await isReady(place));
}

async function isReady(place: Place): Promise<boolean> {
  const { code } = await kubectl(place, ["get", "--raw", "/readyz", "--request-timeout=5s"]);
  return code === 0;
}

/** Whether the cluster that was made in this place runs again. */
async function restart(place: Place, progress: Progress): Promise<boolean> {
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
    return true;
  }
  step.fail("cluster: does not start again; a new and empty one takes its place");
  return false;
}

async function create(place: Place, context: string, progress: Progress): Promise<void> {
  const step = progress.step("cluster: starting etcd, API server, controllers and simulated nodes");
  for (let attempt = 1; ; attempt += 1) {
    await killClusterProcesses(place.folder);
    await rm(place.folder, { recursive: true, force: true });
    await mkdir(join(place.folder, "bin"), { recursive: true, mode: 0o700 });
    const failure = await tryCreate(place, context);
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
  await writeFile(place.marker, `Kubernetes ${versions.kubernetes}\n`);
  step.done(`cluster: Kubernetes ${versions.kubernetes} runs, kubeconfig ${place.kubeconfig}`);
}

/** @returns why it did not work */
async function tryCreate(place: Place, context: string): Promise<string | undefined> {
  const numbers = await freePorts(clusterPorts.length);
  const ports = Object.fromEntries(clusterPorts.map((name, index) => [name, numbers[index]])) as ClusterPorts;
  await writeFile(place.configuration, stringify(kwokctlConfiguration(ports)), { mode: 0o600 });
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
  const applied = await kubectl(place, ["create", "-f", "-"], JSON.stringify(clusterObjects()));
  if (applied.code !== 0) {
    return applied.stderr.trim();
  }
  await startVolumeController(place);
  return undefined;
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
  await startDaemon(
    place.volumeController,
    ["--kubeconfig", place.kubeconfig],
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

function kwokctl(place: Place, args: readonly string[]): Promise<RunResult> {
  const env = {
    ...process.env,
    KWOK_WORKDIR: place.folder,
    // kwokctl downloads a kubectl unless it finds one.
    PATH: `${kubectlFolder()}:${process.env.PATH}`,
  };
  return run(binaryPath(kwok, "kwokctl"), [...args, "--name", clusterName], { env, timeout: 120_000 });
}

function kubectl(place: Place, args: readonly string[], input?: string): Promise<RunResult> {
  return run(binaryPath(kubernetes, "kubectl"), ["--kubeconfig", place.kubeconfig, ...args], {
    ...(input === undefined ? {} : { input }),
    timeout: 30_000,
  });
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
