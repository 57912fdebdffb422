import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive, killProcess } from "../../lib/system/process.ts";
import { stateFolder } from "./stack.ts";
import type { Target } from "./target.ts";

/** The contents of a lock of Pulumi's file backend. */
export interface StackLock {
  readonly pid: number;
  readonly hostname: string;
}

/** The owner was a process of this host and is gone: killed, or lost in a reboot. */
export function isStaleLock(lock: StackLock, host: string, alive: (pid: number) => boolean): boolean {
  return lock.hostname === host && !alive(lock.pid);
}

/** Removes the locks that killed runs have left on the stacks of this state; resolves to their owners. */
export async function removeStaleLocks(target: Target): Promise<number[]> {
  const owners: number[] = [];
  for (const { file, lock } of await locks(target)) {
    if (isStaleLock(lock, hostname(), isAlive)) {
      await rm(file, { force: true });
      owners.push(lock.pid);
    }
  }
  return owners;
}

/** Ends the runs that hold a lock now; their plugins and language hosts end with them. */
export async function killLockOwners(target: Target): Promise<void> {
  for (const { lock } of await locks(target)) {
    if (lock.hostname === hostname() && isAlive(lock.pid)) {
      killProcess(lock.pid);
    }
  }
}

async function locks(target: Target): Promise<{ file: string; lock: StackLock }[]> {
  const folder = join(stateFolder(target), ".pulumi", "locks");
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
  const read = await Promise.all(files.map(async (file) => ({ file, lock: await readLock(file) })));
  return read.flatMap(({ file, lock }) => (lock === undefined ? [] : [{ file, lock }]));
}

async function readLock(file: string): Promise<StackLock | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
