import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { platformOfStack } from "../../components/platform/index.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { inClusterFacts } from "../fixtures/services.ts";

const outputs = {
  cluster: { kind: "existing", name: "production", context: "production" },
  platform: platformFacts,
  services: inClusterFacts,
};

/** What a cell reads of a platform's stack with these outputs. */
async function read(stackOutputs: Record<string, unknown>) {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({ outputs: stackOutputs }) },
    "openclaw",
    "cell-01",
  );
  return platformOfStack("acme/openclaw/platform");
}

test("a cell reads cluster, platform and services, and leaves the platform's other outputs alone", async () => {
  expect(await read({ ...outputs, gatewayTokens: { acme: "secret" } })).toEqual(outputs);
});

test("a platform that was never brought up is named, with what to do", async () => {
  await expect(read({})).rejects.toThrow(
    /stack acme\/openclaw\/platform does not say .*bring the platform's stack up first/s,
  );
});

test("outputs of another shape are refused with their path", async () => {
  const services = { ...outputs.services, database: { ...outputs.services.database, port: "5432" } };
  await expect(read({ ...outputs, services })).rejects.toThrow(/services\.database\.port/);
});

test("a platform of before header and port were settings has those that were", async () => {
  const { userHeader: _, ...edge } = platformFacts.edge;
  const { publicPort: __, ...former } = { ...platformFacts, edge };
  const { platform } = await read({ ...outputs, platform: former });
  expect(platform.edge.userHeader).toBe("x-forwarded-user");
  expect(platform.publicPort).toBe(443);
});

test("a platform of before credentials were ended by an account of its own is to be brought up first", async () => {
  const { retireAccount, ...provisioning } = outputs.services.provisioning;
  const services = { ...outputs.services, provisioning };
  await expect(read({ ...outputs, services })).rejects.toThrow(
    /services\.provisioning\.retireAccount.*bring the platform's stack up first/s,
  );
});
