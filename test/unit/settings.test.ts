import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { cellSchema, ownerSchema, readSettings, readTenants, settingsKeys } from "../../settings/index.ts";
import { parseValue } from "../../settings/values.ts";
import { stackConfig } from "../fixtures/program.ts";
import { describedPaths, schemaPaths } from "../fixtures/settingsPaths.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const root = join(import.meta.dirname, "../..");

/** Settings as read from Pulumi.dev.yaml with some keys set otherwise; a key set to undefined is left out. */
async function settings(overrides: Record<string, unknown> = {}) {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "openclaw",
    "dev",
  );
  const config = stackConfig("dev", overrides);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).filter(([key]) => overrides[key] !== undefined || !(key in overrides)),
    ),
  );
  return readSettings();
}

const project: { readonly config: Readonly<Record<string, { readonly description?: string }>> } = parse(
  readFileSync(join(root, "Pulumi.yaml"), "utf8"),
);
const described = Object.entries(project.config).filter(([key]) => !key.startsWith("pulumi:"));

test("Pulumi.yaml describes every setting, and no other", () => {
  expect(described.map(([key]) => key).toSorted()).toEqual(settingsKeys.toSorted());
  for (const [, { description }] of described) {
    expect(description).toMatch(/\S/);
  }
});

test.each(settingsKeys)(
  "Pulumi.yaml describes all that %s holds, down to the last name, and nothing else",
  (key) => {
    const known = [...schemaPaths(ownerSchema), ...schemaPaths(cellSchema)]
      .filter((path) => path.startsWith(`${key}.`))
      .map((path) => path.slice(key.length + 1));
    expect(describedPaths(project.config[key]?.description ?? "")).toEqual([...new Set(known)].toSorted());
  },
);

test("the dev stack is the embedded cluster, its own folder of tenants and at most 25 of them", async () => {
  expect(await settings()).toMatchObject({
    stack: "dev",
    tenants: join(root, "tenants/dev"),
    maxTenants: 25,
    cluster: { kind: "existing", context: "openclaw-dev" },
  });
});

test("another folder of tenants is taken as it is when it is absolute", async () => {
  expect((await settings({ "openclaw:tenants": "/elsewhere/cell" })).tenants).toBe("/elsewhere/cell");
});

test("tenants are compared with those of the cells beside theirs, by the platform's domain", async () => {
  const host = "west.openclaw.localhost";
  using folder = temporaryFolder({
    "tenant.schema.json": "{}",
    "north/finch.yaml": tenantYaml({ host }),
    "south/west.yaml": tenantYaml(),
  });
  const read = await settings({ "openclaw:tenants": join(folder.path, "south") });
  expect(() => readTenants(read)).toThrow(
    /south\/west\.yaml:1:1\n.*"west\.openclaw\.localhost".*finch\.yaml/,
  );
  folder.write("north/finch.yaml", tenantYaml({ host: "elsewhere.example" }));
  expect(readTenants(read).map(({ id }) => id)).toEqual(["west"]);
});

test("today is today unless it is set", async () => {
  expect((await settings({ "openclaw:today": "2026-03-01" })).today).toBe("2026-03-01");
  expect((await settings({ "openclaw:today": "" })).today).toBe(new Date().toISOString().slice(0, 10));
});

test("a date without quotation marks, which Pulumi hands over as a moment, is that day", async () => {
  expect((await settings({ "openclaw:today": "2027-06-01 00:00:00 +0000 UTC" })).today).toBe("2027-06-01");
  await expect(settings({ "openclaw:today": "2027-06-01 12:00:00 +0000 UTC" })).rejects.toThrow(
    "openclaw:today",
  );
  expect(parseValue('{"a":["2027-06-01 00:00:00 +0000 UTC"]}')).toEqual({ a: ["2027-06-01"] });
});

test.each([
  ["a label of 64 characters", `${"a".repeat(64)}.example`],
  ["a hyphen at a label's end", "a-.example"],
  ["no room for a tenant's id", `${"a.".repeat(103)}example`],
])("a domain with %s is refused", async (_, domain) => {
  const { platform } = (await settings()) as { platform: object };
  await expect(settings({ "openclaw:platform": { ...platform, domain } })).rejects.toThrow(
    "openclaw:platform.domain",
  );
});

test("a folder of tenants may be called like a number", async () => {
  expect((await settings({ "openclaw:tenants": "2027" })).tenants).toBe(join(root, "2027"));
});

test.each([
  ["a number", 1.3],
  ["a boolean", true],
])("%s where a text is wanted is told to be put in quotation marks", async (_, storageClass) => {
  const image = "ghcr.io/openclaw/openclaw:2026.9.6";
  await expect(settings({ "openclaw:instance": { image, storageClass } })).rejects.toThrow(
    "openclaw:instance.storageClass: must be text: write it in quotation marks",
  );
});

const cellOf = (stack: string) => ({
  "openclaw:platform": { stack },
  "openclaw:guardrails": undefined,
  "openclaw:services": undefined,
  "openclaw:cluster": undefined,
});

test("a cell takes its platform, and how to get to its cluster, from another stack", async () => {
  const read = await settings(cellOf("acme/openclaw/ack-platform"));
  expect(read).toMatchObject({ role: "cell", platform: { stack: "acme/openclaw/ack-platform" } });
  expect(read.cluster).toBeUndefined();
});

test.each(["acme\n::stop-commands::x", "a/b/c/d", "a b", "/b"])("%j is no stack's name", async (stack) => {
  await expect(settings(cellOf(stack))).rejects.toThrow(
    "openclaw:platform.stack: must be the name of a stack",
  );
});

/** The platform of Pulumi.dev.yaml with some of it set otherwise. */
const platformWith = ({ edge, ...rest }: { edge?: object; [key: string]: unknown }) => {
  const platform = parseValue(stackConfig("dev", {})["openclaw:platform"]) as { edge: object };
  return { "openclaw:platform": { ...platform, ...rest, edge: { ...platform.edge, ...edge } } };
};

test("the edge names a signed-in user by x-forwarded-user, or by the header that the setting says", async () => {
  expect((await settings()).platform).toMatchObject({ edge: { userHeader: "x-forwarded-user" } });
  const other = await settings(platformWith({ edge: { userHeader: "x-auth-request-email" } }));
  expect(other.platform).toMatchObject({ edge: { userHeader: "x-auth-request-email" } });
});

test.each(["X-Forwarded-User", "x_forwarded_user", "user:", "x-user\n", "", "x--user"])(
  "%j is no header's name in lower case",
  async (userHeader) => {
    await expect(settings(platformWith({ edge: { userHeader } }))).rejects.toThrow(
      "openclaw:platform.edge.userHeader: must be the name of a header in lower case",
    );
  },
);

test("browsers reach the edge at the port of https, or at the one that the setting says", async () => {
  expect((await settings()).platform).toMatchObject({ publicPort: 443 });
  expect((await settings(platformWith({ publicPort: 8443 }))).platform).toMatchObject({ publicPort: 8443 });
  for (const publicPort of [0, 65_536, 443.5, "8443"]) {
    await expect(settings(platformWith({ publicPort }))).rejects.toThrow("openclaw:platform.publicPort");
  }
});

test("tenants live in the time zone of the backups, unless the cell has one", async () => {
  expect((await settings()).instance.timeZone).toBe("Asia/Shanghai");
  const backup = { "openclaw:backup": { timeZone: "Europe/Berlin" } };
  expect((await settings(backup)).instance.timeZone).toBe("Europe/Berlin");
  const image = "ghcr.io/openclaw/openclaw:2026.9.6";
  const own = { ...backup, "openclaw:instance": { image, timeZone: "America/New_York" } };
  expect(await settings(own)).toMatchObject({
    instance: { timeZone: "America/New_York" },
    backup: { timeZone: "Europe/Berlin" },
  });
});

test.each([
  ["backup", { timeZone: "Asia/shanghai" }],
  ["instance", { image: "ghcr.io/openclaw/openclaw:2026.9.6", timeZone: "Asia/shanghai" }],
])("a time zone of %s that the API server would refuse is refused at once", async (key, value) => {
  await expect(settings({ [`openclaw:${key}`]: value })).rejects.toThrow(
    `openclaw:${key}.timeZone: must be a time zone of the IANA database, spelt as there: Asia/Shanghai`,
  );
});

test("what the platform's owner decides is not for a cell to say", async () => {
  const overrides = { ...cellOf("acme/openclaw/ack-platform"), "openclaw:services": { kind: "inCluster" } };
  await expect(settings(overrides)).rejects.toThrow(/"services"/);
});

test("a placeholder is refused, wherever it stands and whatever else is right", async () => {
  await expect(settings(cellOf("<organization>/openclaw/ack-platform"))).rejects.toThrow(
    "openclaw:platform.stack: <organization> is a placeholder",
  );
  const guardrails = { allowedRegistries: ["ghcr.io/openclaw"], deployers: ["<user>"] };
  await expect(settings({ "openclaw:guardrails": guardrails })).rejects.toThrow(
    "openclaw:guardrails.deployers.0: <user> is a placeholder",
  );
});

const devPlatform = {
  domain: "openclaw.localhost",
  edge: { namespace: "openclaw-edge", ingressClass: "traefik", proxyCidrs: ["10.0.0.0/16"] },
  modelGateway: { namespace: "openclaw-models", port: 4000, url: "http://gateway.svc:4000/v1" },
  dns: { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } },
};

const gatewayEdge = {
  kind: "envoyGateway",
  namespace: "openclaw-edge",
  proxyCidrs: ["10.0.0.0/16"],
  gateway: { certificate: "wildcard-tls" },
};

test("an edge of kind envoyGateway needs a certificate alone", async () => {
  const { platform } = await settings({ "openclaw:platform": { ...devPlatform, edge: gatewayEdge } });
  expect(platform).toMatchObject({
    edge: {
      gateway: {
        certificate: "wildcard-tls",
        images: { controller: "docker.io/envoyproxy/gateway:v1.9.1" },
        replicas: 2,
        service: { type: "LoadBalancer", annotations: {} },
      },
    },
  });
});

test.each([
  ["no certificate", { ...gatewayEdge, gateway: {} }, /platform\.edge\.gateway\.certificate/],
  ["another kind", { ...gatewayEdge, kind: "nginx" }, /platform\.edge\.kind/],
  ["a class of Ingress too", { ...gatewayEdge, ingressClass: "traefik" }, /ingressClass/],
  [
    "an image that moves",
    { ...gatewayEdge, gateway: { certificate: "a", images: { proxy: "envoy:latest" } } },
    /gateway\.images\.proxy.*must be pinned/,
  ],
  ["no proxy", { ...gatewayEdge, gateway: { certificate: "a", replicas: 0 } }, /gateway\.replicas/],
  [
    "a Service that opens a port of nodes",
    { ...gatewayEdge, gateway: { certificate: "a", service: { type: "NodePort" } } },
    /gateway\.service\.type/,
  ],
])("an edge with %s is refused", async (_, edge, message) => {
  await expect(settings({ "openclaw:platform": { ...devPlatform, edge } })).rejects.toThrow(message);
});

test.each([
  ["platform", { ...devPlatform, more: 1 }],
  ["platform.edge", { ...devPlatform, edge: { ...devPlatform.edge, more: 1 } }],
  ["platform.modelGateway", { ...devPlatform, modelGateway: { ...devPlatform.modelGateway, more: 1 } }],
  ["platform.dns", { ...devPlatform, dns: { ...devPlatform.dns, more: 1 } }],
])("a key that %s does not have is refused, although outputs may have more", async (_, platform) => {
  expect(await settings({ "openclaw:platform": devPlatform })).toMatchObject({ platform: devPlatform });
  await expect(settings({ "openclaw:platform": platform })).rejects.toThrow(/more/);
});

test.each([
  { kind: "existing", name: "production", context: "production", more: 1 },
  { kind: "tke", name: "a", region: "ap-guangzhou", clusterId: "cls-1", more: 1 },
  {
    kind: "tke",
    name: "a",
    region: "ap-guangzhou",
    clusterId: "cls-1",
    account: { uin: "100000", appId: "100000", more: 1 },
  },
])("a key that a cell's own way to its cluster does not have is refused", async (cluster) => {
  await expect(
    settings({ ...cellOf("acme/openclaw/platform"), "openclaw:cluster": cluster }),
  ).rejects.toThrow(/more/);
});

test.each([
  ["a missing setting", { "openclaw:cluster": undefined }, /openclaw:cluster/],
  ["an unknown cluster kind", { "openclaw:cluster": { kind: "eks" } }, /openclaw:cluster\.kind/],
  ["a misspelt setting", { "openclaw:maxTenant": "30" }, /maxTenant/],
  [
    "an unknown key inside a setting",
    { "openclaw:cluster": { kind: "existing", name: "a", context: "b", ctx: 1 } },
    /ctx/,
  ],
  [
    "a platform without a port for its model gateway",
    {
      "openclaw:platform": {
        domain: "a.example",
        edge: { namespace: "edge", ingressClass: "traefik", proxyCidrs: ["10.0.0.0/8"] },
        modelGateway: { namespace: "models", url: "http://a" },
      },
    },
    /openclaw:platform\.modelGateway\.port/,
  ],
  ["a cell of no tenants", { "openclaw:maxTenants": "0" }, /openclaw:maxTenants/],
  [
    "an image that moves",
    { "openclaw:instance": { image: "ghcr.io/openclaw/openclaw:latest" } },
    /must be pinned/,
  ],
  [
    "an image without a version",
    { "openclaw:instance": { image: "ghcr.io/openclaw/openclaw" } },
    /must be pinned/,
  ],
  ["an image no guardrail admits", { "openclaw:instance": { image: "a.example/b:1" } }, /instance\.image/],
  ["a date that is none", { "openclaw:today": "2026-02-30" }, /openclaw:today/],
  [
    "no deployer where the stack owns the platform",
    { "openclaw:guardrails": { allowedRegistries: ["a.b"] } },
    /guardrails\.deployers/,
  ],
])("%s is refused with its key", async (_what, overrides, message) => {
  await expect(settings(overrides)).rejects.toThrow(message);
  await expect(settings(overrides)).rejects.toThrow(/Pulumi\.dev\.yaml is not right/);
});

test.each([
  "ghcr.io/openclaw/openclaw:2026.9.6",
  "registry.example:5000/openclaw:1.2.3",
  `registry.example/openclaw@sha256:${"a".repeat(64)}`,
  `registry.example/openclaw:1.2.3@sha256:${"a".repeat(64)}`,
])("the image %s is pinned", async (image) => {
  const allowedRegistries = [image.slice(0, image.lastIndexOf("/openclaw"))];
  const guardrails = { allowedRegistries, deployers: ["deployer"] };
  const read = await settings({ "openclaw:instance": { image }, "openclaw:guardrails": guardrails });
  expect(read.instance.image).toBe(image);
});

test.each([
  ["25", 25],
  ['{"a":1}', { a: 1 }],
  ["tenants/dev", "tenants/dev"],
  ["2026-03-01", "2026-03-01"],
  ["", undefined],
  [undefined, undefined],
])("the configuration text %j means %j", (text, value) => {
  expect(parseValue(text)).toEqual(value);
});
