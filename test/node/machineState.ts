import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { listProcesses } from "../../lib/system/process.ts";

/** What a node could leave on the machine, each as sorted lines. */
export type MachineState = Readonly<Record<string, readonly string[]>>;

/** What is there now and was not before. What others have ended meanwhile is none of the node's business. */
export const leftSince = (before: MachineState, now: MachineState): MachineState =>
  Object.fromEntries(
    Object.entries(now)
      .map(([kind, all]) => [kind, all.filter((each) => !before[kind]?.includes(each))] as const)
      .filter(([, left]) => left.length > 0),
  );

const kernel = "/proc/sys/net/ipv4";

/** The begin of the homes of engine tests, which run at the same time: test/engine/globalSetup.ts. */
const engineTests = "/openclaw-engine-";

export async function machineState(): Promise<MachineState> {
  const links = await names("/sys/class/net");
  return {
    processes: (await listProcesses())
      .filter(({ command }) => !command.includes(engineTests))
      .map(({ command }) => command.split(" ")[0] ?? "")
      .filter((program) =>
        /(containerd|kubelet|kube-proxy|node-init|volume-controller|^\/program)/.test(program),
      )
      .toSorted(),
    mounts: await lines("/proc/self/mounts"),
    links,
    routes: (await lines("/proc/net/route")).map((line) => line.split("\t").slice(0, 3).join(" ")),
    forwarding: await Promise.all(
      links.map(async (link) => `${link} ${await text(`${kernel}/conf/${link}/forwarding`)}`),
    ),
    loopDevices: await loopDevices(),
    cgroups: (await cgroups()).toSorted(),
    folders: (await Promise.all(fixedFolders.map(names))).flat(),
  };
}

/** Where the programs of a node write to unless they are kept from it. */
const fixedFolders = ["/var/lib", "/var/log", "/run", "/etc", "/opt"];

const text = async (file: string) => (await readFile(file, "utf8").catch(() => "")).trim();
const lines = async (file: string) => (await text(file)).split("\n").toSorted();
const names = async (folder: string) => (await readdir(folder).catch(() => [])).toSorted();

/** Files that loop devices stand for. */
async function loopDevices(): Promise<string[]> {
  const loops = (await names("/sys/block")).filter((name) => name.startsWith("loop"));
  const files = await Promise.all(loops.map((name) => text(`/sys/block/${name}/loop/backing_file`)));
  return files.filter((file) => file !== "");
}

async function cgroups(): Promise<string[]> {
  const root = "/sys/fs/cgroup";
  const first = await names(root);
  const second = await Promise.all(
    first.map(async (name) => (await names(join(root, name))).map((each) => `${name}/${each}`)),
  );
  return [...first, ...second.flat()].filter((name) => name.includes("ocnode"));
}
