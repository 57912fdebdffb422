import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import type * as cluster from "../../embedded/cluster/index.ts";
import type * as engines from "../../embedded/engine/index.ts";
import { type Progress, silentProgress } from "../../lib/terminal/progress.ts";
import { openEngine } from "../../ops/stack/session.ts";
import { stateFile } from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const startCluster = vi.hoisted(() => vi.fn());
vi.mock("../../embedded/cluster/index.ts", async (original) => ({
  ...(await original<typeof cluster>()),
  startCluster,
}));
vi.mock("../../embedded/binaries/index.ts", () => ({ ensureBinaries: vi.fn() }));
vi.mock("../../embedded/engine/index.ts", async (original) => ({
  ...(await original<typeof engines>()),
  planEngine: async () => ({ needs: [], assemble: async () => ({ description: "engine: any" }) }),
}));

const told: string[] = [];
const progress: Progress = { ...silentProgress, say: (line) => told.push(line) };

beforeEach(() => {
  told.length = 0;
  startCluster.mockReset();
});

/** A target in a folder of its own, with a state of an earlier cluster in it. */
async function targetIn(folder: string, kind: Target["kind"] = "embedded"): Promise<Target> {
  const target: Target = { kind, stack: "dev", home: folder, folder };
  await mkdir(join(stateFile(target), ".."), { recursive: true });
  await writeFile(stateFile(target), "{}");
  return target;
}

test("the state of a cluster that is gone is dropped with it, and that is said", async () => {
  using folder = temporaryFolder();
  const target = await targetIn(folder.path);
  startCluster.mockResolvedValue({ isNew: true });
  await openEngine(target, progress);
  expect(startCluster).toHaveBeenCalledWith(expect.objectContaining({ home: folder.path }));
  expect(existsSync(join(folder.path, "state"))).toBe(false);
  expect(told).toContain("stack: the cluster is new and empty, so the state of the old one is dropped");
});

test("a first cluster has no earlier state, and nothing is said of one", async () => {
  using folder = temporaryFolder();
  startCluster.mockResolvedValue({ isNew: true });
  await openEngine({ kind: "embedded", stack: "dev", home: folder.path, folder: folder.path }, progress);
  expect(told).toEqual(["engine: any"]);
});

test("the state of a cluster that still runs is kept", async () => {
  using folder = temporaryFolder();
  const target = await targetIn(folder.path);
  startCluster.mockResolvedValue({ isNew: false });
  await openEngine(target, progress);
  expect(existsSync(stateFile(target))).toBe(true);
  expect(told).toEqual(["engine: any"]);
});

test.each(["local", "own"] as const)("a cluster of the user's (kind %s) is not started", async (kind) => {
  using folder = temporaryFolder();
  const target = await targetIn(folder.path, kind);
  await openEngine(target, progress);
  expect(startCluster).not.toHaveBeenCalled();
  expect(existsSync(stateFile(target))).toBe(true);
});
