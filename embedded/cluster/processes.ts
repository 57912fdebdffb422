import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { killProcess, listProcesses, type ProcessInfo } from "../../lib/system/process.ts";
import { withoutProxy } from "../../lib/system/proxy.ts";
import { UserError } from "../../lib/terminal/errors.ts";

/** Milliseconds that the kernel may take to end a killed process. */
const killPatience = 10_000;

export interface ClusterProcess {
  readonly pid: number;
  /** Name of the program: `etcd`, `kube-apiserver`, … */
  readonly program: string;
}

/**
 * A process belongs to the cluster if its program was started through the cluster's own folder, where only links to
 * the components lie. Process id files are not asked: after a reboot they name somebody else's processes.
 */
export function processesOf(folder: string, processes: readonly ProcessInfo[]): ClusterProcess[] {
  const prefix = `${folder}/`;
  return processes
    .filter(({ command }) => command.startsWith(prefix))
    .map(({ pid, command }) => {
      const path = command.slice(prefix.length).split(" ")[0] ?? "";
      return { pid, program: basename(path) };
    });
}

export async function clusterProcesses(folder: string): Promise<ClusterProcess[]> {
  return processesOf(folder, await listProcesses());
}

/**
 * Ends every process of the cluster, or all of one program. SIGKILL at once: what matters is in etcd's log, and a polite end of the API
 * server takes as long as its watchers like.
 */
export async function killClusterProcesses(folder: string, only?: string): Promise<void> {
  const deadline = Date.now() + killPatience;
  for (;;) {
    const all = await clusterProcesses(folder);
    const left = all.filter(({ program }) => only === undefined || program === only);
    if (left.length === 0) {
      return;
    }
    if (Date.now() > deadline) {
      const names = left.map(({ pid, program }) => `${program} (${pid})`).join(", ");
      throw new UserError(`These processes of the embedded cluster cannot be ended: ${names}`);
    }
    for (const { pid } of left) {
      killProcess(pid);
    }
    await sleep(20);
  }
}

/** Starts a program of the cluster, which outlives this one. */
export async function startDaemon(
  program: string,
  args: readonly string[],
  log: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const output = await open(log, "a", 0o600);
  try {
    const child = spawn(program, args, {
      env: withoutProxy(env),
      detached: true,
      stdio: ["ignore", output.fd, output.fd],
    });
    child.unref();
    await once(child, "spawn");
  } finally {
    await output.close();
  }
}
