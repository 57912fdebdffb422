import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./process.ts";

/** A lock folder is made before its owner is written into it; between the two it counts as held this long. */
const ownerlessGrace = 5_000;
const pollInterval = 250;

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
}

/**
 * Runs `work` while no other process holds the same lock. The lock is a folder (making one is atomic everywhere) with
 * its owner in it; the lock of a process of this host that has ended is taken over.
 *
 * @param onWait is called once if another process holds the lock
 */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  onWait: (owner: LockOwner | undefined) => void = () => {},
): Promise<T> {
  await mkdir(dirname(folder), { recursive: true });
  for (let waited = false; !(await tryAcquire(folder)); await sleep(pollInterval)) {
    const owner = await readOwner(folder);
    if (await isStale(folder, owner)) {
      await removeStale(folder, owner);
    } else if (!waited) {
      waited = true;
      onWait(owner);
    }
  }
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryAcquire(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
  await writeFile(join(folder, "owner.json"), JSON.stringify({ pid: process.pid, host: hostname() }));
  return true;
}

async function readOwner(folder: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

async function isStale(folder: string, owner: LockOwner | undefined): Promise<boolean> {
  if (owner !== undefined) {
    return owner.host === hostname() && !isAlive(owner.pid);
  }
  const made = await stat(folder).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > ownerlessGrace;
}

/** Moves a stale lock away: of several processes one succeeds, and one that moved a fresh lock by mistake puts it back. */
async function removeStale(folder: string, stale: LockOwner | undefined): Promise<void> {
  const aside = `${folder}.stale-${process.pid}`;
  try {
    await rename(folder, aside);
  } catch {
    return;
  }
  const moved = await readOwner(aside);
  if (moved?.pid === stale?.pid) {
    await rm(aside, { recursive: true, force: true });
  } else {
    await rename(aside, folder);
  }
}
