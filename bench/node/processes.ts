import { readdir, readFile } from "node:fs/promises";

/** A process of a pod, as /proc has it: proc(5), cgroups(7). */
export interface PodProcess {
  /** The cgroup of its container. */
  readonly container: string;
  /** Seconds after the machine was started. */
  readonly started: number;
}

/** Clock ticks of /proc/<pid>/stat: 100 a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** @param stat text of /proc/<pid>/stat, whose second field is a name that may hold anything */
export function startOf(stat: string): number {
  // Field 22, and the first behind the name is field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[19]);
  if (!Number.isFinite(ticks) || fields[19] === undefined) {
    throw new Error(`no start time in ${JSON.stringify(stat)}`);
  }
  return ticks / ticksPerSecond;
}

/** @param cgroup text of /proc/<pid>/cgroup @returns undefined if the process is not the pod's */
export function containerOf(cgroup: string, podUid: string): string | undefined {
  return new RegExp(`/pod${podUid}/([0-9a-f]+)`).exec(cgroup)?.[1];
}

/**
 * When each container of a pod was started, the sandbox's `pause` first. Containers of which every process has ended
 * are not among them.
 */
export function containerStarts(processes: readonly PodProcess[]): number[] {
  return [...Map.groupBy(processes, ({ container }) => container).values()]
    .map((group) => Math.min(...group.map(({ started }) => started)))
    .toSorted((a, b) => a - b);
}

/** The pod's processes on this machine, which is the node's too. */
export async function podProcesses(podUid: string): Promise<PodProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [cgroup, stat] = await Promise.all(
        ["cgroup", "stat"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")),
      );
      const container = containerOf(cgroup ?? "", podUid);
      return container === undefined || !stat ? [] : [{ container, started: startOf(stat) }];
    }),
  );
  return found.flat();
}

/** performance.now() of the moment when the machine was started; exact to a hundredth of a second. */
export async function machineStart(): Promise<number> {
  const [uptime] = (await readFile("/proc/uptime", "utf8")).split(" ");
  return performance.now() - Number(uptime) * 1000;
}
