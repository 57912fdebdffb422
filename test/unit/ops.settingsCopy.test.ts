import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { clusterNameOf, settingsCopy } from "../../ops/stack/settingsCopy.ts";

const committed = `# why
config:
  openclaw:cluster: { kind: existing, name: openclaw-dev, context: openclaw-dev }
  openclaw:maxTenants: 10
`;

test("without overrides the copy says what the committed settings say", () => {
  expect(parse(settingsCopy(committed, undefined, {}))).toEqual(parse(committed));
});

test("the salt of the last copy stays, and nothing else of it", () => {
  const previous = "encryptionsalt: v1:abc\nconfig:\n  openclaw:maxTenants: 99\n";
  expect(parse(settingsCopy(committed, previous, {}))).toEqual({
    ...parse(committed),
    encryptionsalt: "v1:abc",
  });
});

test("--tenants and --context go over the committed settings", () => {
  const copy = settingsCopy(committed, undefined, {
    tenants: "/tmp/cell",
    cluster: { context: "prod@eu", name: "prod-eu" },
  });
  expect(parse(copy).config).toEqual({
    "openclaw:cluster": { kind: "existing", name: "prod-eu", context: "prod@eu" },
    "openclaw:maxTenants": 10,
    "openclaw:tenants": "/tmp/cell",
  });
});

test("a context without a new name leaves the cluster's name alone", () => {
  const copy = settingsCopy(committed, undefined, { cluster: { context: "mine" } });
  expect(parse(copy).config["openclaw:cluster"]).toEqual({
    kind: "existing",
    name: "openclaw-dev",
    context: "mine",
  });
});

test.each(["", "# nothing\n", "null\n"])("settings that are empty (%j) take overrides", (empty) => {
  expect(parse(settingsCopy(empty, undefined, { tenants: "/t" }))).toEqual({
    config: { "openclaw:tenants": "/t" },
  });
});

test.each([
  ["arn:aws:eks:eu-west-1:123:cluster/Prod", "arn-aws-eks-eu-west-1-123-cluster-prod"],
  ["___", "cluster"],
  ["prod::eu (1)", "prod-eu-1"],
  [`x${"-a".repeat(50)}`, "a-".repeat(31).concat("a").slice(-63)],
])("the context %j names a cluster by the label %j", (context, label) => {
  expect(clusterNameOf(context)).toBe(label);
  expect(label).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
});

test("a stack beside the one that owns the platform reads it from there, and has its instances", () => {
  const settings = `config:
  openclaw:platform: { domain: x.example }
  openclaw:services: { kind: inCluster }
  openclaw:guardrails: { deployers: [ops] }
  openclaw:instance: { image: "<registry>/openclaw:1.2.3", storageClass: ssd }
`;
  const ownerText = 'config:\n  openclaw:instance: { image: "a.example/b:1.2.3" }\n';
  const copy = settingsCopy(settings, undefined, {
    platform: { stack: "organization/openclaw/dev", ownerText },
  });
  expect(parse(copy).config).toEqual({
    "openclaw:platform": { stack: "organization/openclaw/dev" },
    "openclaw:instance": { image: "a.example/b:1.2.3" },
  });
});

describe("on a real node", () => {
  const settings = `config:
  openclaw:services: { kind: inCluster, storageClass: simulated }
  openclaw:guardrails: { allowedRegistries: [ghcr.io/openclaw], deployers: [x] }
  openclaw:instance: { image: "ghcr.io/openclaw/openclaw:1", storageClass: simulated }
`;
  const node = {
    image: "localhost/openclaw:1-abc",
    serviceImages: { database: "localhost/database:17" },
    storageClass: "local",
  };

  test("tenants and services have other images, which the guardrails allow, and another class of volumes", () => {
    expect(parse(settingsCopy(settings, undefined, { node })).config).toEqual({
      "openclaw:services": { kind: "inCluster", storageClass: "local", images: node.serviceImages },
      "openclaw:guardrails": { allowedRegistries: ["ghcr.io/openclaw", "localhost"], deployers: ["x"] },
      "openclaw:instance": { image: "localhost/openclaw:1-abc", storageClass: "local" },
    });
  });

  test("the official image needs no other registry", () => {
    const official = { ...node, image: "ghcr.io/openclaw/openclaw:2" };
    expect(parse(settingsCopy(settings, undefined, { node: official })).config).toMatchObject({
      "openclaw:guardrails": { allowedRegistries: ["ghcr.io/openclaw"] },
    });
  });

  test("a cell has its platform's services", () => {
    const platform = { stack: "organization/openclaw/dev", ownerText: settings };
    const { config } = parse(settingsCopy(settings, undefined, { node, platform }));
    expect(Object.keys(config).toSorted()).toEqual(["openclaw:instance", "openclaw:platform"]);
  });
});
