import { setTimeout as sleep } from "node:timers/promises";
import { type RunOptions, type RunResult, run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { clusterProcesses, startDaemon } from "../cluster/processes.ts";
import type { NodePlace } from "./place.ts";

const startPatience = 10_000;

/** Folders that the node's own mounts hide: none of its programs and files may be in one of them. */
export const maskedFolders = ["/run", "/var/lib", "/var/log"] as const;

/**
 * The node's own view of the machine: its mounts, its network, its processes. All of it is gone when its first process
 * is, however that ended: the kernel kills the others, and mounts, interfaces and rules go with the last of them.
 */
export interface Namespaces {
  /** Process id, on this machine, of the node's first process. */
  readonly pid: number;
}

/** @throws UserError if the kernel does not allow it */
export async function createNamespaces(place: NodePlace, env: NodeJS.ProcessEnv): Promise<Namespaces> {
  const log = `${place.logs}/node-init.log`;
  const isolate = ["--mount", "--net", "--pid", "--fork", "--propagation", "slave"];
  await startDaemon("unshare", [...isolate, place.init], log, env);
  const deadline = Date.now() + startPatience;
  for (;;) {
    const namespaces = await findNamespaces(place);
    if (namespaces !== undefined) {
      await prepare(namespaces, env);
      return namespaces;
    }
    if (Date.now() > deadline) {
      throw new UserError(`The namespaces of the real node could not be made; ${log} may say why.`);
    }
    await sleep(20);
  }
}

/** Those of a node that runs. */
export async function findNamespaces(place: NodePlace): Promise<Namespaces | undefined> {
  const all = await clusterProcesses(place.folder);
  return all.find(({ program }) => program === "node-init");
}

/** Private mounts: files at fixed places stay inside, and mounts that programs make are seen by their containers. */
async function prepare(namespaces: Namespaces, env: NodeJS.ProcessEnv): Promise<void> {
  const steps = [
    "mount --make-rshared /",
    "mount -t proc -o nosuid,nodev,noexec proc /proc",
    ...maskedFolders.map((folder) => `mount -t tmpfs -o mode=755,nosuid,nodev tmpfs ${folder}`),
    "ip link set lo up",
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
  ];
  await inside(namespaces, ["sh", "-ec", steps.join("\n")], { env });
}

const enter = ({ pid }: Namespaces): string[] => ["--target", `${pid}`, "--mount", "--net", "--pid"];

/** Runs a command in the node's view of the machine. @throws UserError if it fails */
export async function inside(
  namespaces: Namespaces,
  command: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const result = await run("nsenter", [...enter(namespaces), ...command], options);
  if (result.code !== 0) {
    const what = command.slice(0, 3).join(" ");
    throw new UserError(`real node: ${what} failed: ${result.stderr.trim() || `exit code ${result.code}`}`);
  }
  return result;
}

/** Starts a program there that outlives this one. */
export async function startInside(
  namespaces: Namespaces,
  program: string,
  args: readonly string[],
  log: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await startDaemon("nsenter", [...enter(namespaces), program, ...args], log, env);
}
