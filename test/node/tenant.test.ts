import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openSession } from "../../tools/cli/session.ts";
import { stackEnvironment } from "../../tools/cli/stack.ts";
import { targetOf } from "../../tools/cli/target.ts";
import { removeCluster } from "../../tools/cluster/index.ts";
import { clusterProcesses } from "../../tools/cluster/processes.ts";
import { repository } from "../../tools/system/paths.ts";
import { type RunResult, run } from "../../tools/system/run.ts";
import { terminalProgress } from "../../tools/terminal/progress.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";
import { machineState } from "./machineState.ts";

const home = inject("nodeHome");
const namespace = "tenant-acme";

/** The stack dev with one tenant, on a real node. */
async function openStack(nodeHome: string) {
  const folder = temporaryFolder();
  folder.write("acme.yaml", tenantYaml({ plan: "basic" }));
  const target = targetOf({ stack: "dev", embedded: true, tenants: folder.path }, nodeHome);
  const open = () => openSession(target, terminalProgress(), { nodes: "real" });
  const engine = await open();
  const env = stackEnvironment(target, engine);
  const pulumi = async (...args: string[]): Promise<string> => {
    const all = [...args, "--stack", "dev", "--non-interactive", "--color=never"];
    return succeeded(await run(engine.cli, all, { cwd: repository, env, timeout: 600_000 }), args);
  };
  const kubectl = async (...args: string[]): Promise<string> =>
    succeeded(await run("kubectl", ["--namespace", namespace, ...args], { env, timeout: 300_000 }), args);
  return { folder, open, pulumi, kubectl };
}

function succeeded({ code, stdout, stderr }: RunResult, args: readonly string[]): string {
  if (code !== 0) {
    throw new Error(`${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
  }
  return stdout;
}

describe.skipIf(home === undefined)("a tenant on a real node", () => {
  let stack: Awaited<ReturnType<typeof openStack>>;
  let url: string;
  let token: string;

  /** As the edge would: the node's own address is one of the trusted proxies, which must say for whom they ask. */
  const get = (path: string, bearer?: string) =>
    fetch(`${url}${path}`, {
      headers: {
        "x-forwarded-for": "203.0.113.7",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      signal: AbortSignal.timeout(30_000),
    });
  const inPod = (command: string) => stack.kubectl("exec", "deploy/openclaw", "--", "sh", "-c", command);

  beforeAll(async () => {
    stack = await openStack(home ?? "");
    await stack.pulumi("up", "--yes", "--skip-preview");
    const address = await stack.kubectl("get", "service", "openclaw", "--output=jsonpath={.spec.clusterIP}");
    url = `http://${address}:18789`;
    token = JSON.parse(
      await stack.pulumi("stack", "output", "gatewayTokens", "--json", "--show-secrets"),
    ).acme;
  });

  afterAll(() => stack?.folder[Symbol.dispose]());

  test("answers through its Service", async () => {
    const response = await get("/healthz");
    expect([response.status, await response.json()]).toMatchObject([200, { ok: true, status: "live" }]);
  });

  test("knows its token and no other", async () => {
    expect((await get("/v1/models", token)).status).toBe(200);
    expect((await get("/v1/models", `${token}x`)).status).toBe(401);
    expect((await get("/v1/models")).status).toBe(401);
  });

  test("runs as nobody special on a root file system that it cannot write to", async () => {
    expect(await inPod("id -u; touch /app/x 2>&1 || true")).toMatch(/^1000\n.*Read-only file system/);
  });

  test("has a volume of the size of its plan, which grows while it is in use", async () => {
    const sizeGiB = async () => Number(await inPod("df --output=size --block-size=1G /data | tail -1"));
    expect(await sizeGiB()).toBe(10);
    stack.folder.write("acme.yaml", tenantYaml({ plan: "pro" }));
    await inPod("echo kept > /data/state/witness");
    await stack.pulumi("up", "--yes", "--skip-preview");
    expect(await sizeGiB()).toBe(50);
    expect(await inPod("cat /data/state/witness")).toBe("kept\n");
  });

  test("killed with its whole node, comes back with its data", async () => {
    for (const { pid } of await clusterProcesses(join(home ?? "", "cluster"))) {
      process.kill(pid, "SIGKILL");
    }
    await stack.open();
    // Until the kubelet has looked, the cluster believes that all is as it was.
    const status = () =>
      get("/v1/models", token).then(
        (response) => response.status,
        () => "no answer",
      );
    await expect.poll(status, { timeout: 240_000, interval: 500 }).toBe(200);
    expect(await inPod("cat /data/state/witness")).toBe("kept\n");
  });

  test("leaves nothing behind when the cluster is removed", async () => {
    await removeCluster(home ?? "");
    expect(await machineState()).toEqual(inject("machineBefore"));
  });
});
