import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { engineVariable } from "../../embedded/engine/index.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { refusePods } from "../fixtures/refusal.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * The Job that ends credentials of former epochs, and what it asks a real API server first. A simulated node says of its pod
 * that it is done and runs nothing, so its first container's command is run here, with the rights that the Job has.
 */
let cell: Cell;
const access = temporaryFolder();

beforeAll(async () => {
  cell = await openCell("retirement");
  cell.writeTenant("retire-a");
  cell.writeTenant("retire-b");
  await cell.up();
});
afterAll(() => {
  cell.close();
  access[Symbol.dispose]();
});

const account = "system:serviceaccount:openclaw-services:retire";

/** Runs the script as the pod of this epoch's Job does. */
async function waitOf(tenant: string, epoch: number): Promise<RunResult> {
  const job: Live = await cell.json("get", "job", `retire-${tenant}-e${epoch}`, "-n", "openclaw-services");
  const [{ command, env }, ...others] = job.spec.template.spec.initContainers;
  expect(others).toEqual([]);
  const token = await cell.kubectl(["create", "token", "retire", "-n", "openclaw-services"]);
  expect(token.code, token.stderr).toBe(0);
  const view = await cell.kubectl(["config", "view", "--raw", "--minify", "--output=yaml"]);
  const { server, "certificate-authority-data": authority = "" } = parse(view.stdout).clusters[0].cluster;
  access.write("token", token.stdout);
  access.write("ca.crt", Buffer.from(authority, "base64").toString());
  const [program, ...args] = command as string[];
  return run(program === "node" ? process.execPath : "", args, {
    env: {
      ...Object.fromEntries(env.map(({ name, value }: Live) => [name, value])),
      API_SERVER: server,
      TOKEN_FILE: join(access.path, "token"),
      NODE_EXTRA_CA_CERTS: join(access.path, "ca.crt"),
      WAIT_SECONDS: "0",
    },
  });
}

test("a rotated tenant's pod is found by what the Job may see, and nothing else is to be seen", async () => {
  cell.writeTenant("retire-a", { keyEpoch: 2 });
  await cell.up();
  expect(await waitOf("retire-a", 2)).toMatchObject({
    code: 0,
    stdout: "retire: a pod of epoch 2 in tenant-retire-a is ready\n",
  });
  const may = async (verb: string, kind: string, tenant: string) =>
    (
      await cell.kubectl(["auth", "can-i", verb, kind, `--namespace=tenant-${tenant}`, "--as", account])
    ).stdout.trim();
  expect(await may("list", "pods", "retire-a")).toBe("yes");
  expect(await may("get", "secrets", "retire-a")).toBe("no");
  expect(await may("delete", "pods", "retire-a")).toBe("no");
  expect(await may("create", "pods/exec", "retire-a")).toBe("no");
  expect(await may("get", "deployments/other", "retire-a")).toBe("no");
  // It was never rotated.
  expect(await may("list", "pods", "retire-b")).toBe("no");
});

/** The official plugin calls a Deployment ready too early now and then; the stand-in does so on demand. */
test.skipIf(process.env[engineVariable] === "official")(
  "an engine that calls the Deployment ready while no pod runs comes to the Job, which ends nothing and says why",
  async () => {
    const lift = await refusePods(cell.kubectl, "retire-a", "no pods for now");
    try {
      cell.writeTenant("retire-a", { keyEpoch: 3 });
      cell.env.OPENCLAW_STANDIN_READY = "early";
      await cell.up();
      const { code, stderr } = await waitOf("retire-a", 3);
      expect(code).toBe(10);
      expect(stderr).toMatch(
        /^retire: no credential was ended, because a pod of epoch 3 in tenant-retire-a is not ready .*no pods for now/,
      );
    } finally {
      delete cell.env.OPENCLAW_STANDIN_READY;
      await lift();
    }
    await cell.kubectl(["rollout", "restart", "deployment/openclaw", "--namespace=tenant-retire-a"]);
    await expect.poll(async () => (await waitOf("retire-a", 3)).code, { timeout: 60_000 }).toBe(0);
  },
);
