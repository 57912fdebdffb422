import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { suspendedPage } from "../../components/platform/edge/pages.ts";
import type { Live } from "./cell.ts";
import { type EdgeStack, edgeNamespace, openEdgeStack } from "./edgeStack.ts";

/**
 * What the program declares of an edge of kind envoyGateway, the real controller takes or refuses. Its proxies are not real
 * here. The tests build on each other, in this order.
 */
let edge: EdgeStack;

beforeAll(async () => {
  edge = await openEdgeStack();
  edge.writeTenant("door-a");
  edge.writeTenant("door-b", { state: "suspended" });
});
afterAll(() => edge?.close());

/** `Accepted: "True"` and so on; conditions of the same type must say the same. */
const statuses = (conditions: Live): Record<string, string> =>
  Object.fromEntries(conditions.map(({ type, status }: Live) => [type, status]));

const routeStatus = async (name: string) => {
  const { status } = await edge.inEdge("httproute", name);
  return status.parents.map(({ conditions }: Live) => statuses(conditions));
};

const taken = { Accepted: "True", ResolvedRefs: "True" };

test("an update waits for the Gateway, and says that its certificate is missing", async () => {
  const update = edge.pulumi("up", "--yes", "--skip-preview");
  await edge.startController();
  await vi.waitFor(async () => {
    const [, https] = (await edge.inEdge("gateway", "edge")).status.listeners;
    expect(statuses(https.conditions)).toMatchObject({ ResolvedRefs: "False" });
  }, 60_000);
  // Progress is reported every second.
  await sleep(3000);
  await edge.writeCertificate("wildcard-tls");
  const { code, stdout, stderr } = await update;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain("Secret openclaw-edge/wildcard-tls does not exist");
});

test("the controller takes every object, with no more rights than its own", async () => {
  const { status } = await edge.inEdge("gateway", "edge");
  expect(statuses(status.conditions)).toMatchObject({ Accepted: "True", Programmed: "True" });
  for (const { name, conditions } of status.listeners) {
    expect({ name, ...statuses(conditions) }).toEqual({ name, ...taken, Programmed: "True" });
  }
  for (const route of ["redirect", "tenant-door-a", "tenant-door-b"]) {
    expect(await routeStatus(route)).toEqual([taken]);
  }
  for (const [kind, name] of [
    ["securitypolicy", "closed-by-default"],
    ["securitypolicy", "open-routes"],
    ["clienttrafficpolicy", "edge"],
    ["backendtrafficpolicy", "plan-basic"],
  ] as const) {
    const { ancestors } = (await edge.inEdge(kind, name)).status;
    expect({ name, ...statuses(ancestors[0].conditions) }).toMatchObject({ name, Accepted: "True" });
  }
});

test("a second preview, with what the cluster says, and a second update change nothing", async () => {
  expect(await edge.plan()).toEqual({});
  await edge.up("--refresh", "--expect-no-changes");
});

test("an active tenant's host leads to its Service, a suspended one's to a page", async () => {
  const service = JSON.parse(
    await edge.kubectl(["get", "service", "openclaw", "--namespace=tenant-door-a", "--output=json"]),
  );
  const backend = await edge.inEdge("backend", "tenant-door-a");
  expect(backend.spec.endpoints).toEqual([{ ip: { address: service.spec.clusterIP, port: 18789 } }]);
  const { rules } = (await edge.inEdge("httproute", "tenant-door-b")).spec;
  expect(rules.flatMap(({ backendRefs }: Live) => backendRefs ?? [])).toEqual([]);
  const page = await edge.inEdge("httproutefilter", "suspended-page");
  expect(page.spec.directResponse).toMatchObject({ statusCode: 403, body: { inline: suspendedPage } });
});

test("one more tenant, and the end of a suspension, change nothing of anybody else", async () => {
  edge.writeTenant("door-c", { plan: "pro" });
  const added = await edge.plan();
  const foreign = Object.keys(added).filter((name) => !name.startsWith("door-c") && name !== "openclaw-dev");
  expect(foreign).toEqual([]);
  expect(added).toMatchObject({ "door-c-backend": "create", "door-c-route": "create" });
  edge.writeTenant("door-b");
  await edge.up();
  expect(await routeStatus("tenant-door-b")).toEqual([taken]);
  expect(await routeStatus("tenant-door-c")).toEqual([taken]);
  const { ancestors } = (await edge.inEdge("backendtrafficpolicy", "plan-pro")).status;
  expect(statuses(ancestors[0].conditions)).toMatchObject({ Accepted: "True" });
});

test("a host of one's own has a listener and a certificate of its own", async () => {
  edge.writeTenant("door-c", { plan: "pro", host: "assistant.door.example" });
  await edge.writeCertificate("tenant-door-c-tls");
  await edge.up();
  const { status } = await edge.inEdge("listenerset", "tenant-door-c");
  expect(statuses(status.conditions)).toMatchObject({ Accepted: "True", Programmed: "True" });
  expect(status.listeners[0].attachedRoutes).toBe(1);
  expect((await edge.inEdge("httproute", "tenant-door-c")).spec.hostnames).toEqual([
    "assistant.door.example",
  ]);
});

test("no route or listener of a tenant's namespace comes to the Gateway", async () => {
  const attached = async () =>
    (await edge.inEdge("gateway", "edge")).status.listeners.map(({ attachedRoutes }: Live) => attachedRoutes);
  const before = await attached();
  const metadata = { name: "intruder", namespace: "tenant-door-a" };
  const parentRef = { name: "edge", namespace: edgeNamespace };
  await edge.kubectl(["apply", "-f-"], {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata,
    spec: { parentRefs: [parentRef], hostnames: ["door-b.openclaw.localhost"] },
  });
  await edge.kubectl(["apply", "-f-"], {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "ListenerSet",
    metadata,
    spec: { parentRef, listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
  });
  // The controller takes a route that it does look at within a second, as those of the tests above.
  await sleep(5000);
  expect(await attached()).toEqual(before);
  const route = await edge.kubectl([
    "get",
    "httproute",
    "intruder",
    "--namespace=tenant-door-a",
    "--output=json",
  ]);
  expect(JSON.parse(route)).not.toHaveProperty("status");
});

test.each([
  ["a tenant's Secrets", "get", "secrets", "tenant-door-a", "no"],
  ["a tenant's Services", "get", "services", "tenant-door-a", "no"],
  ["a tenant's pods", "create", "pods/exec", "tenant-door-a", "no"],
  ["Secrets of the shared services", "list", "secrets", "openclaw-services", "no"],
  ["the edge's own Secrets", "get", "secrets", edgeNamespace, "yes"],
  ["the edge's own Secrets, to change them", "update", "secrets", edgeNamespace, "no"],
])("the controller's rights: %s", async (_, verb, resource, namespace, answer) => {
  const user = `system:serviceaccount:${edgeNamespace}:envoy-gateway`;
  const args = ["auth", "can-i", verb, resource, `--namespace=${namespace}`, `--as=${user}`];
  expect((await edge.tryKubectl(args)).stdout.trim()).toBe(answer);
});

test("a tenant whose users the edge would have to sign in is refused before anything changes", async () => {
  edge.writeTenant("door-d", { auth: "trusted-proxy" });
  const { code, stdout, stderr } = await edge.pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/door-d\.yaml: auth must be token/);
  expect((await edge.tryKubectl(["get", "namespace", "tenant-door-d"])).code).not.toBe(0);
  await edge.removeTenantFile("door-d");
});

test("an offboarded tenant leaves nothing at the edge", async () => {
  edge.writeTenant("door-b", { state: "offboarded", retainUntil: "2099-01-01" });
  await edge.up();
  for (const kind of ["httproute", "backend"]) {
    const { code } = await edge.tryKubectl(["get", kind, "tenant-door-b", `--namespace=${edgeNamespace}`]);
    expect({ kind, code }).toEqual({ kind, code: 1 });
  }
});

test("back with an ingress controller, nothing of Envoy Gateway stays but what is not the program's", async () => {
  await edge.backToIngress();
  await edge.up();
  const kinds =
    "gatewayclass,gateway,httproute,listenerset,backend,securitypolicy,deployment,service,rolebinding";
  await vi.waitFor(async () => {
    const left = await edge.kubectl(["get", kinds, `--namespace=${edgeNamespace}`, "--output=name"]);
    expect(left.trim()).toBe("");
  }, 20_000);
  const { spec } = JSON.parse(
    await edge.kubectl(["get", "ingress", "openclaw", "--namespace=tenant-door-a", "--output=json"]),
  );
  expect(spec.rules[0].host).toBe("door-a.openclaw.localhost");
});
