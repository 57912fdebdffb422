import { expect, test } from "vitest";
import { typeToken, withFieldManager } from "../../components/kubernetesObject.ts";
import { ingressSpec } from "../../components/tenant/ingress.ts";
import { namespaceSpec } from "../../components/tenant/namespace.ts";
import { serviceSpec } from "../../components/tenant/service.ts";
import { serviceAccountSpec } from "../../components/tenant/serviceAccount.ts";
import { volumeClaimSpec } from "../../components/tenant/volumeClaim.ts";
import { deploymentSpec } from "../../components/tenant/workload.ts";
import { isDataProtected } from "../../tenants/retention.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { tenant } from "../fixtures/tenant.ts";

test("the namespace enforces Pod Security 'restricted' and says whose it is", () => {
  const spec = namespaceSpec(tenant({ id: "acme", cell: "dev", plan: "pro" }), "acme.openclaw.example");
  expect(spec.metadata).toMatchObject({
    name: "tenant-acme",
    labels: {
      "openclaw.ai/tenant": "acme",
      "openclaw.ai/cell": "dev",
      "openclaw.ai/plan": "pro",
      "openclaw.ai/state": "active",
      "pod-security.kubernetes.io/enforce": "restricted",
    },
    annotations: { "openclaw.ai/host": "acme.openclaw.example" },
  });
});

test("the service account has no token, mounted or not", () => {
  const spec = serviceAccountSpec(tenant());
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(spec).not.toHaveProperty("secrets");
});

test("one node alone has the volume, of the size of its plan", () => {
  const spec = volumeClaimSpec(tenant({ plan: "pro" }), "fast").spec;
  expect(spec).toEqual({
    accessModes: ["ReadWriteOnce"],
    storageClassName: "fast",
    resources: { requests: { storage: "50Gi" } },
  });
  expect(volumeClaimSpec(tenant(), undefined).spec).not.toHaveProperty("storageClassName");
});

test("the route serves the tenant's host alone, and asks for TLS of it", () => {
  const spec = ingressSpec(tenant(), "acme.openclaw.example", platformFacts.edge).spec;
  expect(spec?.rules?.map(({ host }) => host)).toEqual(["acme.openclaw.example"]);
  expect(spec?.tls).toEqual([{ hosts: ["acme.openclaw.example"] }]);
});

test("nothing but Service, Ingress, claim and the Deployment of who is suspended is left unawaited", () => {
  const skips = (manifest: { metadata: { annotations?: Readonly<Record<string, string>> } }) =>
    manifest.metadata.annotations?.["pulumi.com/skipAwait"] === "true";
  expect(skips(serviceSpec(tenant()))).toBe(true);
  expect(skips(ingressSpec(tenant(), "h", platformFacts.edge))).toBe(true);
  expect(skips(namespaceSpec(tenant(), "h"))).toBe(false);
  expect(skips(volumeClaimSpec(tenant(), undefined))).toBe(true);
  const deployment = (state: "active" | "suspended") =>
    deploymentSpec(
      tenant({ state }),
      { image: "openclaw", timeZone: "Asia/Shanghai" },
      platformFacts.edge,
      "checksum",
    );
  // Its claim is unbound until it has run once, where a class binds late.
  expect(skips(deployment("suspended"))).toBe(true);
  expect(skips(deployment("active"))).toBe(false);
});

test("a running tenant's Deployment is ready with a pod of its new template, whatever a provider's own rules are", () => {
  const annotationsOf = (state: "active" | "suspended") =>
    deploymentSpec(
      tenant({ state }),
      { image: "openclaw", timeZone: "Asia/Shanghai" },
      platformFacts.edge,
      "checksum",
    ).metadata.annotations;
  const waitFor = "pulumi.com/waitFor";
  expect(JSON.parse(annotationsOf("active")?.[waitFor] ?? "")).toEqual([
    "jsonpath={.status.updatedReplicas}=1",
    "jsonpath={.status.readyReplicas}=1",
  ]);
  expect(annotationsOf("suspended")).not.toHaveProperty(waitFor);
});

test.each([
  ["active", undefined, true],
  ["suspended", undefined, true],
  ["offboarded", "2026-03-02", true],
  ["offboarded", "2026-03-01", false],
  ["offboarded", "2025-12-31", false],
] as const)(
  "data of a tenant that is %s, kept until %s, is protected on 2026-03-01: %s",
  (state, until, isProtected) => {
    const subject = until === undefined ? { state } : { state, retainUntil: until };
    expect(isDataProtected(subject, "2026-03-01")).toBe(isProtected);
  },
);

test("an object's type is that of its @pulumi/kubernetes class", () => {
  expect(typeToken({ apiVersion: "v1", kind: "Secret" })).toBe("kubernetes:core/v1:Secret");
  expect(typeToken({ apiVersion: "apps/v1", kind: "Deployment" })).toBe("kubernetes:apps/v1:Deployment");
});

test("fields changed by hand, with whatever tool, are taken back by force", () => {
  const annotations = (kind: string) =>
    withFieldManager(
      { apiVersion: "v1", kind, metadata: { name: "x", annotations: { kept: "yes" } } },
      "openclaw-dev",
    ).metadata.annotations;
  for (const kind of ["ResourceQuota", "Namespace"]) {
    expect(annotations(kind)).toEqual({
      kept: "yes",
      "pulumi.com/patchFieldManager": "openclaw-dev",
      "pulumi.com/patchForce": "true",
    });
  }
});
