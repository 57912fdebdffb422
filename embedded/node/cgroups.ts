import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds that the last killed process of a group may take to leave it. */
const patience = 10_000;

/** Mount points of the cgroup hierarchies, from a table as proc(5) describes it. */
export function cgroupHierarchies(mounts: string): { readonly path: string; readonly version: 1 | 2 }[] {
  return mounts.split("\n").flatMap((line) => {
    const [, path = "", type] = line.split(" ");
    return type === "cgroup" || type === "cgroup2"
      ? [{ path, version: type === "cgroup" ? (1 as const) : (2 as const) }]
      : [];
  });
}

const hierarchies = async () => cgroupHierarchies(await readFile("/proc/self/mounts", "utf8"));

/** Makes the group that the node's pods are in, in every hierarchy. */
export async function createCgroup(name: string): Promise<void> {
  for (const { path, version } of await hierarchies()) {
    await mkdir(join(path, name), { recursive: true });
    if (version === 2) {
      // None beside version 1.
      const controllers = (await readFile(join(path, "cgroup.controllers"), "utf8")).match(/\S+/g) ?? [];
      const enabled = controllers.map((controller) => `+${controller}`).join(" ");
      await writeFile(join(path, "cgroup.subtree_control"), enabled);
    }
  }
}

/** Removes the group with all below it. Its processes must have been killed. */
export async function removeCgroup(name: string): Promise<void> {
  for (const { path } of await hierarchies()) {
    await removeTree(join(path, name), Date.now() + patience);
  }
}

async function removeTree(folder: string, deadline: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) {
      await removeTree(join(folder, entry.name), deadline);
    }
  }
  for (;;) {
    try {
      return await rmdir(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") {
        return;
      }
      if (code !== "EBUSY" || Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(50);
  }
}
