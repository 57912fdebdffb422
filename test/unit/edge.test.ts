import { expect, test } from "vitest";
import { controllerConfig } from "../../components/platform/edge/controller.ts";
import {
  clientTrafficPolicySpec,
  closedByDefaultSpec,
  envoyProxySpec,
  gatewaySpec,
  openRoutesSpec,
  redirectSpec,
} from "../../components/platform/edge/gateway.ts";
import { edgeNetworkPolicySpec } from "../../components/platform/edge/networkPolicy.ts";
import { planLimitsSpec, suspendedAnswerSpecs } from "../../components/platform/edge/policies.ts";
import { rightSpecs, serviceAccountSpecs } from "../../components/platform/edge/rights.ts";
import { gatewaySettingsSchema } from "../../components/platform/edge/settings.ts";
import { refuseByEdge } from "../../components/preflight/index.ts";
import { httpRouteSpec, listenerSetSpec } from "../../components/tenant/route.ts";
import { clusterAddress } from "../../components/tenant/service.ts";
import { versions } from "../../embedded/versions.ts";
import { gatewayPlatformFacts as facts, platformFacts } from "../fixtures/platform.ts";
import { some } from "../fixtures/some.ts";
import { tenant } from "../fixtures/tenant.ts";

const settings = gatewaySettingsSchema.parse({ certificate: "wildcard-tls" });

const spec = (object: { readonly spec: object }) => object.spec as Record<string, unknown>;

test("the Gateway is closed by default, and only routes that say so are open", () => {
  expect(spec(closedByDefaultSpec("edge"))).toMatchObject({
    targetRefs: [{ kind: "Gateway", name: "edge" }],
    authorization: { defaultAction: "Deny" },
  });
  const { targetSelectors } = spec(openRoutesSpec("edge"));
  const [{ matchLabels }] = targetSelectors as [{ matchLabels: Record<string, string> }];
  expect(httpRouteSpec(tenant(), "acme.example", "edge").metadata.labels).toMatchObject(matchLabels);
  expect(redirectSpec(facts).metadata.labels).toMatchObject(matchLabels);
});

test("what OpenClaw believes of its proxy is taken out of requests, the platform's own user header too", () => {
  const { headers } = spec(clientTrafficPolicySpec({ ...facts.edge, userHeader: "x-signed-in" }));
  const { remove } = (headers as { earlyRequestHeaders: { remove: string[] } }).earlyRequestHeaders;
  expect(remove).toEqual(
    expect.arrayContaining(["x-signed-in", "x-forwarded-user", "x-openclaw-scopes", "forwarded"]),
  );
  expect(remove).toEqual([...new Set(remove)]);
});

test("routes and listeners come from the edge's namespace alone", () => {
  const { allowedListeners, listeners } = spec(gatewaySpec(facts, "wildcard-tls"));
  expect(allowedListeners).toEqual({ namespaces: { from: "Same" } });
  for (const { allowedRoutes } of some(listeners as { allowedRoutes: object }[])) {
    expect(allowedRoutes).toEqual({ namespaces: { from: "Same" } });
  }
});

test("a redirect leads to the port that browsers reach the edge by", () => {
  const { rules } = spec(redirectSpec({ ...facts, publicPort: 8443 }));
  expect(rules).toMatchObject([{ filters: [{ requestRedirect: { scheme: "https", port: 8443 } }] }]);
});

test("one proxy has no budget of disruptions, which would keep its node from being drained", () => {
  const budgetOf = (replicas: number) => {
    const { provider } = spec(envoyProxySpec("edge", { ...settings, replicas })) as {
      provider: { kubernetes: { envoyPDB?: object } };
    };
    return provider.kubernetes.envoyPDB;
  };
  expect(budgetOf(1)).toBeUndefined();
  expect(budgetOf(2)).toEqual({ minAvailable: 1 });
});

test("a route carries the plan's label, which the plan's limits select", () => {
  const { targetSelectors, rateLimit } = spec(planLimitsSpec("pro", "edge"));
  const [{ matchLabels }] = targetSelectors as [{ matchLabels: Record<string, string> }];
  expect(httpRouteSpec(tenant({ plan: "pro" }), "a.example", "edge").metadata.labels).toMatchObject(
    matchLabels,
  );
  expect(httpRouteSpec(tenant({ plan: "basic" }), "a.example", "edge").metadata.labels).not.toMatchObject(
    matchLabels,
  );
  expect(rateLimit).toMatchObject({ local: { rules: [{ limit: { requests: 300, unit: "Minute" } }] } });
});

test("a full plan answers 429 with Retry-After and says so in JSON; OpenClaw's own answers pass", () => {
  const overrides = spec(planLimitsSpec("basic", "edge")).responseOverride as {
    source: string;
    response: { contentType: string; header: object; body: { inline: string } };
  }[];
  for (const { source, response } of some(overrides)) {
    expect(source).toBe("Local");
    expect(response.header).toMatchObject({ set: [{ name: "Retry-After" }] });
  }
  expect(JSON.parse(overrides[0]?.response.body.inline ?? "")).toMatchObject({
    error: { type: "rate_limited" },
  });
});

test.each(["basic", "pro"] as const)(
  "the route of an active tenant of plan %s leads to its Backend",
  (plan) => {
    const { hostnames, rules } = spec(httpRouteSpec(tenant({ id: "acme", plan }), "acme.example", "edge"));
    expect(hostnames).toEqual(["acme.example"]);
    expect(rules).toEqual([
      {
        timeouts: { request: "0s" },
        backendRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name: "tenant-acme", port: 18_789 }],
      },
    ]);
  },
);

test("tenants whose users have to be signed in are refused by an edge that cannot, offboarded ones not", () => {
  const files = {
    folder: "/cells/dev",
    tenants: [
      tenant({ id: "acme", auth: "trusted-proxy" }),
      tenant({ id: "gone", auth: "trusted-proxy", state: "offboarded", retainUntil: "2099-01-01" }),
      tenant({ id: "robot", auth: "token" }),
    ],
  };
  expect(() => refuseByEdge(facts.edge, files)).toThrow(/acme\.yaml: auth must be token$/);
  expect(() => refuseByEdge(platformFacts.edge, files)).not.toThrow();
});

test("a suspended tenant's route leads to answers that exist, JSON first for who asks for it", () => {
  const { rules } = spec(httpRouteSpec(tenant({ state: "suspended" }), "a.example", "edge"));
  const named = (rules as { filters: { extensionRef: { name: string } }[] }[]).map(
    ({ filters }) => filters[0]?.extensionRef.name,
  );
  const [page, json] = suspendedAnswerSpecs("edge").map(({ metadata }) => metadata.name);
  expect(named).toEqual([json, page]);
  expect(JSON.stringify(rules)).not.toContain("backendRefs");
});

test("a host of one's own has a listener with a certificate of its own, which the route names", () => {
  const own = { ...tenant({ id: "acme" }), host: "assistant.example" };
  expect(spec(listenerSetSpec(own, "edge"))).toMatchObject({
    parentRef: { name: "edge" },
    listeners: [{ hostname: "assistant.example", tls: { certificateRefs: [{ name: "tenant-acme-tls" }] } }],
  });
  const route = httpRouteSpec(own, "assistant.example", "edge");
  expect(spec(route)).toMatchObject({ parentRefs: [{ kind: "ListenerSet", name: "tenant-acme" }] });
  expect(route.metadata.annotations?.["pulumi.com/waitFor"]).toContain("ListenerSet");
});

test("the controller watches the edge's namespace alone", () => {
  expect(controllerConfig("edge", settings)).toMatchObject({
    provider: { kubernetes: { watch: { type: "Namespaces", namespaces: ["edge"] } } },
  });
});

test("nobody may read Secrets of the whole cluster, and tokens are mounted where a pod asks for one", () => {
  for (const right of some(rightSpecs("edge"))) {
    if (right.kind === "ClusterRole" && "rules" in right) {
      expect(JSON.stringify(right.rules)).not.toMatch(/secrets|configmaps|pods|\*/);
    }
  }
  for (const account of some(serviceAccountSpecs("edge"))) {
    expect(account.automountServiceAccountToken).toBe(false);
  }
});

test("the edge's pods are reached at the listeners' ports, and by each other", () => {
  expect(edgeNetworkPolicySpec("edge").spec).toEqual({
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [
      {
        ports: [
          { protocol: "TCP", port: 10_080 },
          { protocol: "TCP", port: 10_443 },
        ],
      },
      { from: [{ podSelector: {} }] },
    ],
  });
});

test("the published controller is of the version that is tested", () => {
  expect(settings.images.controller).toMatch(new RegExp(`:v${versions.envoyGateway}$`));
});

test("a Service without an address is no backend", () => {
  expect(clusterAddress({ clusterIP: "10.96.0.10" })).toBe("10.96.0.10");
  expect(() => clusterAddress({})).toThrow(/no address/);
  expect(() => clusterAddress(undefined)).toThrow(/no address/);
});
