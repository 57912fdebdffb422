import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { standInModel } from "../../embedded/node/standInModel/objects.ts";
import { codewordsKnown, postMessage, statusOf } from "./chat.ts";
import { type DevStack, openDevStack, type TenantId } from "./devStack.ts";
import { enforcers, restartKubelet, runOnNode } from "./realNode.ts";
import type { Pod } from "./stack.ts";

const home = inject("nodeHome");

/**
 * Milliseconds from a SIGKILL to the next answer. OpenClaw's lock is a lease of five minutes, which only a gateway of
 * the same host name may take over; so a name that changed would be seen here.
 */
const backWithin = 120_000;

describe.skipIf(home === undefined)("when something breaks", () => {
  let stack: DevStack;
  let token: Record<TenantId, string>;
  const user = "faults";
  const ask = (id: TenantId, text: string) => codewordsKnown(stack, id, { token: token[id], user, text });

  beforeAll(async () => {
    stack = await openDevStack(home ?? "");
    token = { acme: await stack.gatewayToken("acme"), bluebird: await stack.gatewayToken("bluebird") };
    await ask("acme", "Please remember codeword-robin.");
  });

  const podOf = async (id: TenantId): Promise<Pod> => {
    const [pod, ...others] = await stack.pods(id);
    if (pod === undefined || others.length > 0) {
      throw new Error(`${id} has ${others.length === 0 ? "no pod" : "more than one pod"}`);
    }
    return pod;
  };
  const untilAnswers = (id: TenantId) =>
    expect.poll(() => statusOf(stack, id, token[id]), { timeout: backWithin, interval: 250 }).toBe(200);

  test("a gateway killed with SIGKILL is back within two minutes, with its data, in the same pod", async () => {
    const before = await podOf("acme");
    // The shell may end with its container, or in time to say that all is well.
    await Promise.allSettled([stack.inPod("acme", "kill -9 $(pgrep -f ^openclaw-gateway)")]);
    await expect
      .poll(async () => (await podOf("acme")).restarts, { timeout: backWithin })
      .toBe(before.restarts + 1);
    await untilAnswers("acme");
    expect((await podOf("acme")).uid).toBe(before.uid);
    expect(await ask("acme", "What do you know?")).toEqual(["codeword-robin"]);
  });

  test("a pod killed without grace is back within two minutes, with its data, as another pod", async () => {
    const before = await podOf("acme");
    await stack.kubectl([
      ...["delete", "pod", before.name, "--namespace=tenant-acme"],
      ...["--force", "--grace-period=0", "--wait=false"],
    ]);
    // The old one may answer for a moment yet.
    const others = async () => (await stack.pods("acme")).filter(({ uid }) => uid !== before.uid);
    await expect.poll(others, { timeout: backWithin }).toMatchObject([{ isReady: true, restarts: 0 }]);
    await untilAnswers("acme");
    expect(await ask("acme", "What do you know?")).toEqual(["codeword-robin"]);
  });

  test("a kubelet that is started again starts nothing of a tenant again", async () => {
    const before = [await podOf("acme"), await podOf("bluebird")];
    await restartKubelet(stack.home);
    // It says that there is no such pod until it has looked at them all.
    const knows = (id: TenantId) => stack.inPod(id, "echo here").catch(String);
    await expect.poll(() => knows("acme"), { timeout: 60_000 }).toBe("here\n");
    await expect.poll(() => knows("bluebird"), { timeout: 60_000 }).toBe("here\n");
    expect([await podOf("acme"), await podOf("bluebird")]).toEqual(before);
    expect(await statusOf(stack, "acme", token.acme)).toBe(200);
  });

  /** A question to the cluster's DNS begins a connection, which the node's policies judge. */
  const resolves = (id: TenantId) =>
    stack
      .inPod(id, `node -p 'require("node:dns").promises.resolve4("${modelGateway}").then(console.log)'`)
      .then(
        () => "resolved",
        (error: unknown) => `${error}`,
      );

  test("a flood of connections from one tenant's pod does not end the judge of them, nor keep its neighbour from any", async () => {
    const before = await enforcers(stack.home);
    expect(before).toHaveLength(2);
    const flood = stack.inPod("acme", `node -e '${floodOfConnections}'`);
    await expect.poll(() => resolves("bluebird"), { timeout: 60_000 }).toBe("resolved");
    expect(Number(await flood)).toBeGreaterThan(100_000);
    await expect.poll(() => resolves("acme"), { timeout: 60_000 }).toBe("resolved");
    expect(await enforcers(stack.home)).toEqual(before);
  });

  test("the judge of connections, killed, is back, and pods begin connections again", async () => {
    const [worker] = (await enforcers(stack.home)).filter(({ isWorker }) => isWorker);
    process.kill(worker?.pid ?? Number.NaN, "SIGKILL");
    await expect.poll(() => resolves("bluebird"), { timeout: 60_000 }).toBe("resolved");
    expect(await enforcers(stack.home)).not.toContainEqual(worker);
    expect(await enforcers(stack.home)).toHaveLength(2);
  });

  test("a tenant at its memory limit is started again, and its neighbour is not", async () => {
    const before = [await podOf("acme"), await podOf("bluebird")] as const;
    // Many small processes, so that the largest one, which the kernel ends, is the gateway.
    const hog = "node -e 'globalThis.held = Buffer.alloc(150 << 20, 1); setInterval(() => {}, 1000)'";
    const fill = stack.inPod("acme", `for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ${hog} & done; wait`);
    await expect(fill).rejects.toThrow();
    await expect
      .poll(() => podOf("acme"), { timeout: 60_000 })
      .toMatchObject({ restarts: before[0].restarts + 1, lastEnd: "OOMKilled" });
    await untilAnswers("acme");
    expect(await ask("acme", "What do you know?")).toEqual(["codeword-robin"]);
    expect(await podOf("bluebird")).toEqual(before[1]);
  });

  test("a tenant with a full volume says so and recovers, and its neighbour answers", async () => {
    const before = [await podOf("acme"), await podOf("bluebird")];
    await fillVolume(stack, "acme");
    const message = { token: token.acme, user, text: "codeword-siskin" };
    expect((await postMessage(stack, "acme", message)).status).toBe(500);
    expect(await stack.kubectl(["logs", "--namespace=tenant-acme", "deployment/openclaw"])).toContain(
      "database or disk is full",
    );
    expect(await ask("bluebird", "codeword-tern")).toEqual(["codeword-tern"]);
    await stack.inPod("acme", "rm -f /data/filler*");
    expect([await podOf("acme"), await podOf("bluebird")]).toEqual(before);
    expect(await ask("acme", "What do you know?")).toContain("codeword-robin");
  });
});

const modelGateway = `${standInModel.name}.${standInModel.namespace}.svc.cluster.local`;

/** Sends packets for ten seconds to one port after another of addresses that answer none, each a connection of its own. */
const floodOfConnections = `
  const socket = require("node:dgram").createSocket("udp4");
  const until = Date.now() + 10_000;
  let sent = 0;
  const send = () => {
    for (let count = 0; count < 256; count += 1, sent += 1) {
      socket.send("x", 1 + (sent % 65_535), "203.0.113." + (1 + (Math.floor(sent / 65_535) % 250)), () => {});
    }
    if (Date.now() < until) setImmediate(send);
    else { console.log(sent); process.exit(); }
  };
  socket.on("error", () => {});
  send();
`;

/** Reserves nearly all of it at once, for ten GiB of zeros would take half a minute, and writes the rest. */
async function fillVolume({ home, kubectl, inPod }: DevStack, id: TenantId): Promise<void> {
  const namespace = `--namespace=tenant-${id}`;
  const claim = ["get", "persistentvolumeclaim", "openclaw-data", namespace];
  const volume = await kubectl([...claim, "--output=jsonpath={.spec.volumeName}"]);
  const path = await kubectl(["get", "persistentvolume", volume, "--output=jsonpath={.spec.local.path}"]);
  const free = Number(await inPod(id, "df --output=avail --block-size=1 /data | tail -1"));
  await runOnNode(home, ["fallocate", `--length=${free - 2 ** 28}`, join(path, "filler-reserved")]);
  await expect(inPod(id, "cat /dev/zero > /data/filler")).rejects.toThrow("No space left on device");
}
