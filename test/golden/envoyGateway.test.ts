import { beforeAll, expect, test } from "vitest";
import { registeredResources, resourceViolations, stackViolations } from "../fixtures/policyResources.ts";
import { type Registration, recordStack } from "../fixtures/program.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";
import { inventory } from "./inventory.ts";

/** A stack that owns a platform whose edge is Envoy Gateway, with a tenant in each state and one with a host of its own. */
let registrations: readonly Registration[];

beforeAll(async () => {
  using tenants = temporaryFolder({
    "active.yaml": tenantYaml(),
    "asleep.yaml": tenantYaml({ state: "suspended", plan: "pro" }),
    "gone.yaml": tenantYaml({ state: "offboarded", retainUntil: "2027-01-01" }),
    "own.yaml": tenantYaml({ host: "assistant.example" }),
  });
  const run = await recordStack("dev", {
    "openclaw:tenants": tenants.path,
    "openclaw:platform": {
      domain: "openclaw.example",
      edge: {
        kind: "envoyGateway",
        namespace: "openclaw-edge",
        proxyCidrs: ["10.0.0.0/16"],
        gateway: {
          certificate: "wildcard-tls",
          service: {
            annotations: { "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-spec": "slb.s1.small" },
          },
        },
      },
      modelGateway: { namespace: "models", port: 4000, url: "http://gateway.models.svc:4000/v1" },
    },
  });
  registrations = run.registrations;
});

const isOfEdge = ({ inputs, urn }: Registration): boolean =>
  urn.includes("openclaw:platform:Edge") ||
  (inputs.metadata as { namespace?: string } | undefined)?.namespace === "openclaw-edge";

test("what it registers at the edge is what its inventory says", async () => {
  await expect(inventory(registrations.filter(isOfEdge))).toMatchFileSnapshot("envoy-gateway.yaml");
});

test("no tenant has an Ingress, and nothing of the edge is in a tenant's namespace", () => {
  expect(
    registrations.filter(({ type }) => /:(Ingress|ListenerSet)$/.test(type)).map(({ name }) => name),
  ).toEqual(["own-listener"]);
  const kinds = registrations.filter(({ type }) => /gateway/.test(type)).map(({ inputs }) => inputs.metadata);
  expect(kinds).toHaveLength(18);
  for (const metadata of kinds) {
    expect(metadata).not.toMatchObject({ namespace: expect.stringMatching(/^tenant-/) });
  }
});

test("an offboarded tenant has no way in", () => {
  expect(registrations.map(({ name }) => name).filter((name) => /^gone-(route|backend)/.test(name))).toEqual(
    [],
  );
});

test("it breaks no rule of the policy pack", () => {
  const resources = registeredResources(registrations);
  const violations = resources.flatMap((each) =>
    resourceViolations(each, "2026-01-01").map((violation) => `${each.name}: ${violation}`),
  );
  expect([...violations, ...stackViolations(...resources)]).toEqual([]);
});
