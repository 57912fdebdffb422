import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Live } from "./cell.ts";
import {
  createBareNamespace,
  deployer,
  expectRefusal,
  type Guarded,
  intruder,
  openGuarded,
  refusalBy,
} from "./guarded.ts";

/** What the admission policies on Services and Ingresses refuse: the edge is the only way in, by the tenant's host. */
let guarded: Guarded;
let bare: string;

beforeAll(async () => {
  guarded = await openGuarded("guardrails-routes", "guard-routes");
  bare = await createBareNamespace(guarded, "guard-routes-bare");
  // The API server takes a moment longer for policies that compare with other objects.
  const taken = ingress({ rules: [rule(ownHost)] });
  await vi.waitFor(
    async () => expect(await guarded.tryCreate(taken, "default")).toMatch(/a host has one tenant/),
    {
      timeout: 15_000,
    },
  );
});
afterAll(async () => {
  await guarded.cell.kubectl(["delete", "namespace", bare, "--wait=false"]);
  guarded.cell.close();
});

/** A command on the tenant's own object, as somebody who is not the deployer; nothing is changed. */
const tryPatch = (object: string, patch: object) =>
  guarded.answer([
    ...["patch", object, "--type=merge", "--patch", JSON.stringify(patch)],
    ...["--namespace", guarded.namespace, "--dry-run=server", ...intruder],
  ]);

const service = (spec: Live): Live => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "probe" },
  spec: { selector: { app: "probe" }, ports: [{ port: 80 }], ...spec },
});

const clusterIpOnly = "must be of type ClusterIP";
const noExternalAddresses = "may not claim external addresses";

test.for([
  { message: clusterIpOnly, forbidden: { type: "NodePort" } },
  { message: clusterIpOnly, forbidden: { type: "LoadBalancer" } },
  { message: clusterIpOnly, forbidden: { type: "ExternalName", externalName: "metadata.example" } },
  { message: noExternalAddresses, forbidden: { externalIPs: ["203.0.113.7"] } },
])("a tenant's Service may not have $forbidden", async ({ message, forbidden }) => {
  const refusal = refusalBy("openclaw-tenant-services", message);
  const tryService = (spec: Live) => guarded.tryCreate(service(spec), bare);
  const tryOwn = (spec: Live) => tryPatch("service/openclaw", { spec });
  await expectRefusal(tryService(forbidden), refusal, tryService({ type: "ClusterIP" }));
  await expectRefusal(tryOwn(forbidden), refusal, tryOwn({ sessionAffinity: "ClientIP" }));
});

const ownHost = "guard-routes.openclaw.localhost";
const backend = { service: { name: "openclaw", port: { name: "http" } } };
const rule = (host?: string): Live => ({
  ...(host === undefined ? {} : { host }),
  http: { paths: [{ path: "/", pathType: "Prefix", backend }] },
});
const ingress = (spec: Live): Live => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "probe" },
  spec: { rules: [rule(ownHost)], ...spec },
});

const ownHostOnly = "must name the tenant's own host";
const ownTlsOnly = "may ask for TLS of the tenant's own host only";
const otherHost = "other.openclaw.localhost";

test.for([
  { what: "another tenant's host", message: ownHostOnly, forbidden: { rules: [rule(otherHost)] } },
  {
    what: "another host beside its own",
    message: ownHostOnly,
    forbidden: { rules: [rule(ownHost), rule(otherHost)] },
  },
  { what: "no host", message: ownHostOnly, forbidden: { rules: [rule()] } },
  { what: "a wildcard", message: ownHostOnly, forbidden: { rules: [rule("*.openclaw.localhost")] } },
  {
    what: "a host below its own",
    message: ownHostOnly,
    forbidden: { rules: [rule(`sub.${ownHost}`)] },
  },
  { what: "TLS of another host", message: ownTlsOnly, forbidden: { tls: [{ hosts: [ownHost, otherHost] }] } },
  {
    what: "a default backend",
    message: "may not have a default backend",
    forbidden: { defaultBackend: backend },
  },
])("a tenant's Ingress may not have $what", async ({ message, forbidden }) => {
  const refusal = refusalBy("openclaw-tenant-ingresses", message);
  const tryIngress = (spec: Live) => guarded.tryCreate(ingress(spec));
  const tryOwn = (spec: Live) => tryPatch("ingress/openclaw", { spec });
  await expectRefusal(tryIngress(forbidden), refusal, tryIngress({ tls: [{ hosts: [ownHost] }] }));
  await expectRefusal(tryOwn(forbidden), refusal, tryOwn({ rules: [rule(ownHost)] }));
});

test("a tenant's namespace that names no host has no Ingress", async () => {
  const refusal = refusalBy("openclaw-tenant-ingresses", ownHostOnly);
  expect(await guarded.tryCreate(ingress({ rules: [rule("")] }), bare)).toMatch(refusal);
  expect(await guarded.tryCreate(ingress({}), bare)).toMatch(refusal);
});

const stateLabel = "openclaw.ai/state";
const namespaceOf = (tenant: string, host: string, labels: Live = {}): Live => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: `tenant-${tenant}`,
    labels: { "openclaw.ai/tenant": tenant, ...labels },
    annotations: { "openclaw.ai/host": host },
  },
});
const tryNamespace = (object: Live) =>
  guarded.answer(["create", "--dry-run=server", ...deployer, "-f", "-"], object);
const tryMetadata = (name: string, metadata: object) =>
  guarded.answer([
    ...["patch", "namespace", name, "--type=merge", "--patch", JSON.stringify({ metadata })],
    ...["--dry-run=server", ...deployer],
  ]);
const annotated = (host: string) => ({ annotations: { "openclaw.ai/host": host } });
const secondHolder = refusalBy(
  "openclaw-tenant-hosts",
  `the host ${ownHost.replaceAll(".", "\\.")} is that of tenant-guard-routes`,
);

describe("a host has one tenant: even the deployer", () => {
  test("makes no second namespace with it", async () => {
    await expectRefusal(
      tryNamespace(namespaceOf("guard-second", ownHost)),
      secondHolder,
      tryNamespace(namespaceOf("guard-second", otherHost)),
    );
  });

  test("gives it to no namespace that is there", async () => {
    await expectRefusal(
      tryMetadata(bare, annotated(ownHost)),
      secondHolder,
      tryMetadata(bare, annotated(otherHost)),
    );
  });

  test.for(["status", "finalize"])("not by way of the namespace's %s either", async (subresource) => {
    const live = await guarded.cell.json("get", "namespace", bare);
    const replace = (host: string) => {
      const path = `/api/v1/namespaces/${bare}/${subresource}?dryRun=All`;
      const object = { ...live, metadata: { ...live.metadata, ...annotated(host) } };
      return guarded.answer(["replace", "--raw", path, ...deployer, "-f", "-"], object);
    };
    await expectRefusal(replace(ownHost), secondHolder, replace(otherHost));
  });

  test("makes no other namespace a tenant's that has it", async () => {
    const name = "guard-routes-ordinary";
    const { kind, apiVersion } = namespaceOf("", "");
    const object = { kind, apiVersion, metadata: { name, ...annotated(ownHost) } };
    expect(await guarded.answer(["create", "-f", "-"], object)).toBe("accepted");
    await expectRefusal(
      tryMetadata(name, { labels: { "openclaw.ai/tenant": "ordinary" } }),
      secondHolder,
      tryMetadata(name, { labels: { "openclaw.ai/tenant": "ordinary" }, ...annotated(otherHost) }),
    );
    await guarded.answer(["delete", "namespace", name, "--wait=false"]);
  });

  test("brings no offboarded tenant back whose host has gone to another, which it may", async () => {
    const gone = namespaceOf("guard-gone", ownHost, { [stateLabel]: "offboarded" });
    expect(await guarded.answer(["create", "-f", "-"], gone)).toBe("accepted");
    const resumed = { labels: { [stateLabel]: "active" } };
    await expectRefusal(
      tryMetadata("tenant-guard-gone", resumed),
      secondHolder,
      tryMetadata("tenant-guard-gone", { ...resumed, ...annotated(otherHost) }),
      tryMetadata("tenant-guard-gone", { labels: { "openclaw.ai/plan": "pro" } }),
    );
    await guarded.answer(["delete", "namespace", "tenant-guard-gone", "--wait=false"]);
  });

  test("changes everything else of the namespace that has it", async () => {
    expect(await tryMetadata(guarded.namespace, { labels: { "openclaw.ai/plan": "pro" } })).toBe("accepted");
    expect(await tryMetadata(guarded.namespace, annotated(ownHost))).toBe("accepted");
    expect(await tryMetadata(guarded.namespace, annotated(otherHost))).toBe("accepted");
  });
});

test.for([
  { what: "route", taken: { rules: [rule(ownHost)] } },
  { what: "route beside others", taken: { rules: [rule(otherHost), rule(), rule(ownHost)] } },
  { what: "certificate", taken: { rules: [rule(otherHost)], tls: [{}, { hosts: [otherHost, ownHost] }] } },
  {
    what: "route for all that end like it",
    taken: { rules: [rule("*.openclaw.localhost")] },
    // Other files' tenants are in the same cluster.
    whose: "tenant-[a-z0-9-]+",
  },
])("outside of the tenant's namespace nobody has a $what by the tenant's host", async ({ taken, whose }) => {
  const refusal = refusalBy(
    "openclaw-ingress-hosts",
    `is that of ${whose ?? guarded.namespace}: a host has one tenant`,
  );
  for (const who of [deployer, intruder]) {
    await expectRefusal(
      guarded.tryCreate(ingress(taken), "default", who),
      refusal,
      guarded.tryCreate(ingress({ rules: [rule(otherHost)] }), "default", who),
      guarded.tryCreate(ingress({ rules: [rule()], defaultBackend: backend }), "default", who),
      guarded.tryCreate(ingress({ rules: [rule("*.localhost.example")] }), "default", who),
      // Solvers of certificates for tenants' own hosts run there.
      guarded.tryCreate(ingress(taken), "openclaw-edge", who),
    );
  }
});

test("Services and Ingresses outside of tenants' namespaces are none of the other policies' business", async () => {
  expect(await guarded.tryCreate(service({ type: "LoadBalancer" }), "default")).toBe("accepted");
  expect(await guarded.tryCreate(ingress({ rules: [rule(otherHost)] }), "default")).toBe("accepted");
});
