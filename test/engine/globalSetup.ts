import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { removeCluster, startCluster } from "../../embedded/cluster/index.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder of the tests' own embedded cluster and of every stack on it. */
    engineHome: string;
  }
}

/** One cluster for all engine tests, of a home of its own: the developer's stays as it is. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), "openclaw-engine-"));
  project.provide("engineHome", home);
  const remove = async () => {
    await removeCluster(home);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await startCluster({ home, progress: terminalProgress() });
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}
