import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { outputsVersion, platformOfStack } from "../../components/platform/index.ts";
import { gatewayPlatformFacts, platformFacts } from "../fixtures/platform.ts";
import { recordedState } from "../fixtures/recordedStates.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";

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

test("a cell reads an edge of either kind", async () => {
  const gateway = { ...outputs, platform: gatewayPlatformFacts };
  expect(await read(gateway)).toEqual(gateway);
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
  const { userHeader: _, kind: __, ...edge } = platformFacts.edge;
  const { publicPort: ___, ...former } = { ...platformFacts, edge };
  const { platform } = await read({ ...outputs, platform: former });
  expect(platform.edge.kind).toBe("ingress");
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

/** The same with a key more in every object, as a later version may write it; maps of labels are anybody's keys. */
function withMore(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => withMore(each));
  }
  return typeof value === "object" && value !== null && key !== "podLabels"
    ? {
        ...Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withMore(each, name)])),
        laterKey: { of: "a later version" },
      }
    : value;
}

const everything = {
  platform: { ...platformFacts, dns: { ...platformFacts.dns, nodeLocalCidrs: ["169.254.20.10/32"] } },
  services: {
    ...managedFacts,
    loadBalancer: { id: "lb-1", host: "lb-1.example" },
    identityProvider: { arn: "acs:ram::1:oidc-provider/ack", issuer: "https://oidc.example" },
  },
};

test.each([
  ["existing", { kind: "existing", name: "production", context: "production" }],
  [
    "ack",
    {
      kind: "ack",
      name: "openclaw",
      region: "cn-hangzhou",
      clusterId: "c1",
      server: "https://10.64.0.9:6443",
    },
  ],
  [
    "tke",
    {
      kind: "tke",
      name: "openclaw",
      region: "ap-guangzhou",
      account: { uin: "100000000001", appId: "1250000000" },
      clusterId: "cls-1",
    },
  ],
])(
  "outputs of a later version are read, whatever keys they have more, on a cluster of kind %s",
  async (_, cluster) => {
    const more = withMore({ ...everything, cluster });
    expect(JSON.stringify(more).match(/laterKey/g)?.length).toBeGreaterThan(15);
    expect(await read({ ...(more as object), outputsVersion: 1 })).toEqual({ ...everything, cluster });
  },
);

test("outputs that an update has left in a state are read, and with a key more in every object as well", async () => {
  const { deployment } = recordedState("official");
  const left = deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  const { cluster, platform, services } = left as typeof outputs;
  // Recorded before credentials were ended by an account of its own.
  const provisioning = { ...services.provisioning, retireAccount: "tenant-retire" };
  const recorded = { cluster, platform, services: { ...services, provisioning } };
  // What the owner of that time did not say yet.
  const edge = { ...platform.edge, kind: "ingress", userHeader: "x-forwarded-user" };
  const understood = { ...recorded, platform: { ...platform, publicPort: 443, edge } };
  expect(await read(recorded)).toEqual(understood);
  expect(await read(withMore(recorded) as typeof recorded)).toEqual(understood);
});

test("keys that are known must be right all the same, beside others that are not", async () => {
  const services = { ...inClusterFacts, cache: { ...inClusterFacts.cache, laterKey: 1, tls: "yes" } };
  await expect(read({ ...outputs, services })).rejects.toThrow(/services\.cache\.tls/);
});

test("outputs that say that earlier versions misread them are refused, with the version that can", async () => {
  const later = { ...outputs, outputsVersion: outputsVersion + 1, program: { version: "7.1.0" } };
  await expect(read(later)).rejects.toThrow(
    /stack acme\/openclaw\/platform was last brought up by version 7\.1\.0 .*outputsVersion is 2, and must be at most 1.*nothing was changed/,
  );
  await expect(read({ ...outputs, outputsVersion: "two" })).rejects.toThrow(
    /outputsVersion is two, and must be/,
  );
});
