import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { removeCluster } from "../../embedded/cluster/index.ts";
import { killClusterProcesses } from "../../embedded/cluster/processes.ts";
import { codewordsKnown, statusOf } from "./chat.ts";
import { type DevStack, openDevStack, type TenantId } from "./devStack.ts";
import { leftSince, machineState } from "./machineState.ts";

const home = inject("nodeHome");

/** The last file, as vitest.config.ts says: it leaves no cluster to the others. */
describe.skipIf(home === undefined)("a node", () => {
  let stack: DevStack;

  beforeAll(async () => {
    stack = await openDevStack(home ?? "");
  });

  test("killed as a whole, comes back with its tenants and their data", async () => {
    const token = { acme: await stack.gatewayToken("acme"), bluebird: await stack.gatewayToken("bluebird") };
    const ask = (id: TenantId, text: string) =>
      codewordsKnown(stack, id, { token: token[id], user: "removal", text });
    await Promise.all([ask("acme", "codeword-wagtail"), ask("bluebird", "codeword-wren")]);
    await killClusterProcesses(join(home ?? "", "cluster"));
    await stack.open();
    // Until the kubelet has looked, the cluster believes that all is as it was.
    for (const id of ["acme", "bluebird"] as const) {
      const status = () => statusOf(stack, id, token[id]);
      await expect.poll(status, { timeout: 420_000, interval: 500 }).toBe(200);
    }
    expect(await ask("acme", "What do you know?")).toEqual(["codeword-wagtail"]);
    expect(await ask("bluebird", "What do you know?")).toEqual(["codeword-wren"]);
  });

  test("leaves nothing behind when its cluster is removed", async () => {
    await removeCluster(home ?? "");
    expect(leftSince(inject("machineBefore"), await machineState())).toEqual({});
  });
});
