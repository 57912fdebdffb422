import { beforeAll, describe, expect, inject, test } from "vitest";
import { namespaceName, objectNames } from "../../components/names.ts";
import { answerOf, codewordsIn, get, statusOf, wasAskedWith } from "./chat.ts";
import { type DevStack, openDevStack } from "./devStack.ts";

const home = inject("nodeHome");

/** Each test leaves its tenant running, with the conversation that began before it. */
describe.skipIf(home === undefined)("a tenant whose file changes", () => {
  let stack: DevStack;
  let token: { acme: string; bluebird: string };
  const user = "lifecycle";
  const ask = (id: "acme" | "bluebird", text: string) =>
    answerOf(stack, id, { token: token[id], user, text });

  beforeAll(async () => {
    stack = await openDevStack(home ?? "");
    token = { acme: await stack.gatewayToken("acme"), bluebird: await stack.gatewayToken("bluebird") };
    await ask("acme", "Please remember codeword-plover.");
    await ask("bluebird", "Please remember codeword-quail.");
  });

  const volumeOf = (id: "acme" | "bluebird") =>
    stack.kubectl([
      ...["get", "persistentvolumeclaim", objectNames.volumeClaim, `--namespace=${namespaceName(id)}`],
      "--output=jsonpath={.status.phase} {.spec.volumeName}",
    ]);

  test("suspended, has its volume and nothing that listens; resumed, it goes on with the conversation", async () => {
    const volume = await volumeOf("acme");
    expect(volume).toMatch(/^Bound ./);
    await stack.change("acme", { state: "suspended" });
    await expect.poll(() => stack.pods("acme"), { timeout: 60_000 }).toEqual([]);
    expect(await (await get(stack, "acme", "/healthz")).text()).toContain("ECONNREFUSED");
    expect(await volumeOf("acme")).toBe(volume);
    expect(await statusOf(stack, "bluebird", token.bluebird)).toBe(200);

    await stack.change("acme", { state: "active" });
    expect(codewordsIn(await ask("acme", "What do you know?"))).toEqual(["codeword-plover"]);
    expect(await volumeOf("acme")).toBe(volume);
  });

  test("rotated, refuses the token of before and asks the model with a new key", async () => {
    const before = { token: token.acme, modelKey: await stack.modelKey("acme") };
    await stack.change("acme", { keyEpoch: 2 });
    token.acme = await stack.gatewayToken("acme");
    expect(token.acme).not.toBe(before.token);
    expect(await statusOf(stack, "acme", before.token)).toBe(401);

    const answer = await ask("acme", "And now?");
    expect(codewordsIn(answer)).toEqual(["codeword-plover"]);
    expect(wasAskedWith(answer, await stack.modelKey("acme")), answer).toBe(true);
    expect(wasAskedWith(answer, before.modelKey)).toBe(false);
  });

  test("on a larger plan, has the memory and the disk of it, and the conversation", async () => {
    // cgroups of version 2, or else 1.
    const memory =
      "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -1";
    const sizes = async () => {
      const disk = await stack.inPod("bluebird", "df --output=size --block-size=1G /data | tail -1");
      return { memoryMiB: Number(await stack.inPod("bluebird", memory)) / 2 ** 20, diskGiB: Number(disk) };
    };
    expect(await sizes()).toEqual({ memoryMiB: 4096, diskGiB: 50 });
    await stack.change("bluebird", { plan: "enterprise" });
    expect(await sizes()).toEqual({ memoryMiB: 8192, diskGiB: 200 });
    expect(codewordsIn(await ask("bluebird", "What do you know?"))).toEqual(["codeword-quail"]);
    expect((await get(stack, "acme", "/healthz")).status).toBe(200);
  });
});
