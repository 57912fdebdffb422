import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { removeCluster } from "../../embedded/cluster/index.ts";
import { type MachineState, machineState } from "./machineState.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder of the tests' own cluster with a real node; undefined where there can be none. */
    nodeHome: string | undefined;
    /** What the machine was like before. */
    machineBefore: MachineState;
  }
}

/** One home for all node tests; the developer's stays as it is. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide("machineBefore", await machineState());
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    console.warn("\nNODE TESTS ARE SKIPPED: a real node needs Linux and root.\n");
    project.provide("nodeHome", undefined);
    return undefined;
  }
  const home = await mkdtemp(join(tmpdir(), "openclaw-node-"));
  project.provide("nodeHome", home);
  return async () => {
    await removeCluster(home);
    await rm(home, { recursive: true, force: true });
  };
}
