import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { bridgeParameter, tencentCloudPackage } from "../../components/tencentcloud/package.ts";
import { TencentCloudProvider } from "../../components/tencentcloud/provider.ts";
import { functionToken, resourceToken } from "../../components/tencentcloud/tokens.ts";
import { Vpc } from "../../components/tencentcloud/vpc.ts";
import { documentedResources, faults } from "../fixtures/tencentcloud/bridge.ts";
import documented from "../fixtures/tencentcloud/documented.json" with { type: "json" };
import { missingFrom, type PackageSchema } from "../fixtures/tencentcloud/realSchema.ts";

interface PackageRequest {
  getName(): string;
  getVersion(): string;
  getParameterization(): { getName(): string; getVersion(): string; getValue_asU8(): Uint8Array };
}

/** What the engine is told of packages, and by which of them resources are registered. */
async function requests(body: () => void) {
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) });
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, (...args: unknown[]) => unknown>;
  const packages: PackageRequest[] = [];
  const references: string[] = [];
  const spy = (method: string, see: (request: never) => void) => {
    const original = monitor[method]?.bind(monitor);
    monitor[method] = (...args) => {
      see(args[0] as never);
      return original?.(...args);
    };
  };
  spy("registerPackage", (request: PackageRequest) => packages.push(request));
  spy("registerResource", (request: { getType(): string; getPackageref(): string }) => {
    references.push(`${request.getType()} ${request.getPackageref()}`);
  });
  body();
  await pulumi.runtime.disconnect();
  return { packages, references };
}

test("provider and resources are of the bridged package, which the engine is told of once", async () => {
  const { packages, references } = await requests(() => {
    const account = { uin: "100012345678", appId: "1250000000" };
    const provider = new TencentCloudProvider("cloud", { region: "ap-guangzhou", account }, {});
    new Vpc("vpc", { name: "a", cidrBlock: "10.0.0.0/16", isMulticast: false, tags: {} }, { provider });
  });
  // The mocks answer every package with this reference.
  expect(references).toEqual(
    expect.arrayContaining([
      "pulumi:providers:tencentcloud mock-uuid",
      "tencentcloud:index/vpc:Vpc mock-uuid",
    ]),
  );
  const [request, ...others] = packages;
  expect(others).toEqual([]);
  expect(request?.getName()).toBe("terraform-provider");
  expect(request?.getVersion()).toBe(tencentCloudPackage.bridge.version);
  const parameterization = request?.getParameterization();
  expect(parameterization?.getName()).toBe("tencentcloud");
  expect(parameterization?.getVersion()).toBe("1.83.25");
  expect(Buffer.from(parameterization?.getValue_asU8() ?? []).toString()).toBe(bridgeParameter());
});

test("the bridge is told the provider's address and version, as the SDKs that it generates tell it", () => {
  expect(JSON.parse(bridgeParameter())).toEqual({
    remote: { url: "registry.opentofu.org/tencentcloudstack/tencentcloud", version: "1.83.25" },
  });
});

test("tokens are those that the bridge makes of Terraform's names", () => {
  expect(resourceToken("cam_role_policy_attachment_by_name")).toBe(
    "tencentcloud:index/camRolePolicyAttachmentByName:CamRolePolicyAttachmentByName",
  );
  expect(functionToken("kubernetes_clusters")).toBe(
    "tencentcloud:index/getKubernetesClusters:getKubernetesClusters",
  );
});

test("the documented provider is the one that is run", () => {
  expect(documented.provider).toBe(`tencentcloudstack/tencentcloud ${tencentCloudPackage.version}`);
});

const databaseFields = documentedResources.get("tencentcloud:index/redisSsl:RedisSsl")?.arguments ?? {};
const poolFields =
  documentedResources.get("tencentcloud:index/kubernetesNativeNodePool:KubernetesNativeNodePool")
    ?.arguments ?? {};

test.each([
  [{ instanceId: "a", sslConfig: "enabled" }, []],
  [{ instanceId: "a", sslConfg: "enabled" }, ["sslConfg is no argument", "sslConfig is missing"]],
  [{ instanceId: "a", sslConfig: true }, ["sslConfig is no string!"]],
])("what does not fit the documentation is found: %j", (inputs, expected) => {
  expect(faults(databaseFields, inputs)).toEqual(expected);
});

test("what does not fit the documentation is found in blocks, and a block of one is no list", () => {
  const native = {
    systemDisk: [{}],
    dataDisks: [{ diskType: "a", diskSize: "50", autoFormatAndMont: true }],
  };
  const found = faults(poolFields, { clusterId: "a", name: "b", type: "Native", native, taints: {} });
  expect(found).toEqual(
    expect.arrayContaining([
      "taints is no list",
      "native.systemDisk is no block",
      "native.dataDisks[0].autoFormatAndMont is no argument",
      "native.dataDisks[0].diskSize is no int!",
      "native.instanceTypes is missing",
    ]),
  );
});

test("a property that the provider's own schema lacks is found, in blocks as well", () => {
  const token = "tencentcloud:index/kubernetesEncryptionProtection:KubernetesEncryptionProtection";
  const schema: PackageSchema = {
    resources: {
      [token]: { inputProperties: { clusterId: {}, kmsConfiguration: { items: { $ref: "#/types/a" } } } },
    },
    types: { a: { properties: { keyId: {} } } },
  };
  expect(missingFrom(schema).filter((text) => text.startsWith(token))).toEqual([
    `${token}.kmsConfiguration is a list`,
    `${token}.kmsConfiguration has no kmsRegion`,
  ]);
});

/** components/tencentcloud/README.md says how to get one. */
const schemaFile = process.env.TENCENTCLOUD_SCHEMA;
if (schemaFile !== undefined) {
  test("the provider's own schema has every resource and property that is used", () => {
    const path = join(import.meta.dirname, "../..", schemaFile);
    expect(missingFrom(JSON.parse(readFileSync(path, "utf8")))).toEqual([]);
  });
}
