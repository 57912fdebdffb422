import { afterAll, beforeAll, expect, test } from "vitest";
import type { Live } from "./cell.ts";
import {
  createBareNamespace,
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

test("Services and Ingresses outside of tenants' namespaces are none of the policies' business", async () => {
  expect(await guarded.tryCreate(service({ type: "LoadBalancer" }), "default")).toBe("accepted");
  expect(await guarded.tryCreate(ingress({ rules: [rule(otherHost)] }), "default")).toBe("accepted");
});
