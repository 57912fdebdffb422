import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { deletionsReport } from "../../ops/diagnosis/stackDeletions.ts";
import { type Cell, openCell } from "./cell.ts";

/** What holds a tenant's data and was deleted by hand. The tests of each build on each other, in this order. */
describe.each([
  ["claim", "dying-claim", ["persistentvolumeclaim", "openclaw-data", "--namespace=tenant-dying-claim"]],
] as const)("a %s that is being deleted", (kind, id, what) => {
  let cell: Cell;
  let volume: string;

  beforeAll(async () => {
    cell = await openCell(id);
    cell.writeTenant(id);
    await cell.up();
    volume = (await cell.object(id, "persistentvolumeclaims", "openclaw-data")).spec.volumeName;
    await kubectl("delete", ...what, "--wait=false");
  });
  afterAll(() => cell.close());

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cell.kubectl(args);
    expect(code, stdout + stderr).toBe(0);
    return stdout;
  }

  /** `npm run <command> -- …` on the cell. */
  const npmRun = (command: string, ...args: string[]): Promise<RunResult> =>
    run(
      process.execPath,
      [
        ...[join(repository, "ops", "main.ts"), command],
        ...["--stack", cell.stack, "--embedded", "--tenants", cell.folder, ...args],
      ],
      {
        cwd: repository,
        env: { ...process.env, OPENCLAW_LOCAL: inject("engineHome") },
        timeout: 240_000,
      },
    );
  const named = new RegExp(`The ${kind} .*tenant-${id} is being deleted \\(since 20[-0-9]*T[:0-9]*Z\\)`);

  test("is named by status, whose --check fails, with what saves the data", async () => {
    const plain = await npmRun("status");
    expect(plain.code, plain.stderr).toBe(0);
    expect(plain.stdout).toMatch(named);
    const { code, stderr } = await npmRun("status", "--check");
    expect(code).toBe(1);
    expect(stderr).toMatch(named);
    expect(stderr).toContain(
      `kubectl patch pv ${volume} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    );
    const json = JSON.parse((await npmRun("status", "--json")).stdout);
    expect(json.beingDeleted).toMatchObject([{ kind, namespace: `tenant-${id}`, volumes: [volume] }]);
  });

  test("is named by the nightly comparison", async () => {
    expect((await deletionsReport(cell.target, silentProgress)).text).toMatch(named);
  });

  test("stops a rotation before the pod ends", async () => {
    const pods = async () => (await cell.json("get", "pods", "-n", `tenant-${id}`)).items.map(uidOf);
    const before = await pods();
    cell.writeTenant(id, { keyEpoch: 2 });
    const { code, stderr } = await npmRun("up");
    expect(code).toBe(1);
    expect(stderr).toMatch(/Nothing was changed\./);
    expect(stderr).toMatch(named);
    expect(await pods()).toEqual(before);
    expect(await cell.object(id, "persistentvolumeclaims", "openclaw-data")).toBeDefined();
  });

  test("loses nothing by the way that docs/operations.md describes", async () => {
    const { uid } = (await cell.json("get", "pv", volume)).metadata;
    await kubectl("patch", "pv", volume, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}');
    await kubectl("-n", `tenant-${id}`, "scale", "deployment/openclaw", "--replicas=0");
    await kubectl("-n", `tenant-${id}`, "wait", "--for=delete", "pvc/openclaw-data", "--timeout=50s");
    await kubectl("patch", "pv", volume, "-p", withoutOldClaim);
    const { code, stdout, stderr } = await npmRun("up", "--", "--refresh");
    expect(code, stdout + stderr).toBe(0);
    const claim = await cell.object(id, "persistentvolumeclaims", "openclaw-data");
    expect(claim).toMatchObject({ status: { phase: "Bound" }, spec: { volumeName: volume } });
    expect((await cell.json("get", "pv", volume)).metadata.uid).toBe(uid);
    expect((await npmRun("status", "--check")).code).toBe(0);
  });
});

const withoutOldClaim = '{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}';

const uidOf = ({ metadata }: { metadata: { uid: string } }) => metadata.uid;
