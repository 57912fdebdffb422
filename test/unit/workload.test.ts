import { expect, test } from "vitest";
import { deploymentSpec, memoryFloorMiB } from "../../components/tenant/workload.ts";
import { planNames } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { tenant } from "../fixtures/tenant.ts";

const { edge } = platformFacts;
const instance = { image: "registry.example/openclaw:1.2.3", timeZone: "Asia/Shanghai" };
const deployment = (overrides: Partial<Tenant> = {}) =>
  deploymentSpec(tenant(overrides), instance, edge, "checksum").spec ?? expect.unreachable();
const pod = (overrides: Partial<Tenant> = {}) => deployment(overrides).template?.spec ?? expect.unreachable();
const container = (overrides: Partial<Tenant> = {}) => pod(overrides).containers?.[0] ?? expect.unreachable();
const variables = (overrides: Partial<Tenant> = {}) =>
  Object.fromEntries((container(overrides).env ?? []).map((variable) => [variable.name, variable]));

test("one gateway at a time, of a host name that a restart keeps: the lock on its state wants both", () => {
  expect(deployment()).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
  expect(pod().hostname).toBe("openclaw");
});

test.each(["suspended", "offboarded"] as const)("a tenant that is %s has no replica", (state) => {
  expect(deployment({ state }).replicas).toBe(0);
});

test("the start may take seven minutes before the kubelet gives up, and the rollout outlasts it", () => {
  const startup = container().startupProbe ?? expect.unreachable();
  const seconds = (startup.failureThreshold ?? 0) * (startup.periodSeconds ?? 0);
  expect(seconds).toBeGreaterThanOrEqual(7 * 60);
  expect(deployment().progressDeadlineSeconds).toBeGreaterThan(seconds);
});

test("a run in progress has time to drain: 315 s and some", () => {
  expect(pod().terminationGracePeriodSeconds).toBe(330);
});

const headersOfProbes = (proxiesIncludeNodes: boolean) => {
  const spec = deploymentSpec(tenant(), instance, { ...edge, proxiesIncludeNodes }, "checksum").spec;
  const { startupProbe, readinessProbe, livenessProbe } = spec?.template?.spec?.containers?.[0] ?? {};
  return [startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet?.httpHeaders);
};

test("among the trusted proxies a kubelet names a client that is neither one of them nor loopback", () => {
  const header = [{ name: "X-Forwarded-For", value: "192.0.2.1" }];
  expect(headersOfProbes(true)).toEqual([header, header, header]);
});

test("elsewhere it names none: OpenClaw would refuse the header", () => {
  expect(headersOfProbes(false)).toEqual([undefined, undefined, undefined]);
});

test("readiness asks for traffic admission, not for every channel's health", () => {
  expect(container().readinessProbe?.httpGet?.path).toBe("/startupz");
  expect(container().livenessProbe?.httpGet?.path).toBe("/healthz");
});

test("the root is read-only, and the three places OpenClaw writes to are mounted", () => {
  expect(container().securityContext?.readOnlyRootFilesystem).toBe(true);
  const mounts = (container().volumeMounts ?? [])
    .filter((mount) => !mount.readOnly)
    .map((mount) => mount.mountPath);
  const writable = (path: string | undefined) => mounts.some((mount) => `${path}/`.startsWith(`${mount}/`));
  expect(writable(variables().OPENCLAW_STATE_DIR?.value)).toBe(true);
  expect(writable("/tmp/openclaw-state-locks-1000")).toBe(true);
  expect(writable(variables().XDG_CACHE_HOME?.value)).toBe(true);
});

test("nothing on the node's disk can be written to that does not count as the tenant's", () => {
  const { volumes } = pod();
  const emptyDirs = (volumes ?? []).flatMap(({ emptyDir }) => emptyDir ?? []);
  expect(emptyDirs).toEqual([{ medium: "Memory", sizeLimit: "512Mi" }]);
  expect(container().terminationMessagePath).toMatch(/^\/root\//);
});

test("the state is a folder below the volume's root, which belongs to root", () => {
  const mount = (container().volumeMounts ?? []).find(({ name }) => name === "data")?.mountPath;
  expect(variables().OPENCLAW_STATE_DIR?.value).toMatch(new RegExp(`^${mount}/.+`));
});

test("the configuration is read-only, a supervisor is announced, and nothing updates or advertises itself", () => {
  const values = Object.fromEntries(Object.entries(variables()).map(([name, { value }]) => [name, value]));
  expect(values).toMatchObject({
    OPENCLAW_CONFIG_READONLY: "1",
    OPENCLAW_SUPERVISOR_MODE: "external",
    OPENCLAW_NO_AUTO_UPDATE: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
  });
});

test("in token mode the gateway gets a token; in trusted-proxy mode a token would keep it from starting", () => {
  expect(Object.keys(variables({ auth: "token" }))).toContain("OPENCLAW_GATEWAY_TOKEN");
  expect(Object.keys(variables({ auth: "trusted-proxy" }))).toContain("OPENCLAW_GATEWAY_PASSWORD");
  expect(Object.keys(variables({ auth: "trusted-proxy" }))).not.toContain("OPENCLAW_GATEWAY_TOKEN");
});

test("no credential stands in the pod's template: each is taken from the Secret", () => {
  for (const name of ["OPENCLAW_GATEWAY_TOKEN", "TENANT_LLM_KEY"]) {
    expect(variables()[name]).toEqual({
      name,
      valueFrom: { secretKeyRef: { name: "openclaw-credentials", key: name } },
    });
  }
});

test.each(planNames)(
  "a tenant of plan %s has the memory OpenClaw needs, and limits twice its requests",
  (plan) => {
    const { requests = {}, limits = {} } = container({ plan }).resources ?? {};
    const mebibytes = (quantity: string | undefined) => {
      const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity ?? "") ?? [];
      return Number(amount) * (unit === "Gi" ? 1024 : 1);
    };
    expect(mebibytes(requests.memory)).toBeGreaterThanOrEqual(memoryFloorMiB.request);
    expect(mebibytes(limits.memory)).toBeGreaterThanOrEqual(memoryFloorMiB.limit);
    expect(mebibytes(limits.memory)).toBe(2 * mebibytes(requests.memory));
    expect(Number(limits.cpu)).toBe(2 * Number(requests.cpu));
  },
);

test("a changed configuration or a raised keyEpoch changes the pod's template, and so rolls the pod", () => {
  const annotations = (checksum: string, keyEpoch: number) =>
    deploymentSpec(tenant({ keyEpoch }), instance, edge, checksum).spec?.template?.metadata?.annotations;
  expect(annotations("a", 1)).not.toEqual(annotations("b", 1));
  expect(annotations("a", 1)).not.toEqual(annotations("a", 2));
});

test("the selector holds nothing that may change: it is immutable", () => {
  const selector = (overrides: Partial<Tenant>) => deployment(overrides).selector;
  expect(selector({ plan: "basic", keyEpoch: 1 })).toEqual(selector({ plan: "enterprise", keyEpoch: 9 }));
});

test("the pod is what Pod Security 'restricted' wants, and has no token of the API server", () => {
  expect(pod()).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
  });
  expect(container().securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

test("a runtime class is named only where the stack sets one", () => {
  const spec = deploymentSpec(tenant(), { ...instance, runtimeClass: "gvisor" }, edge, "").spec?.template
    ?.spec;
  expect(spec?.runtimeClassName).toBe("gvisor");
  expect(pod()).not.toHaveProperty("runtimeClassName");
});

test.each([
  [{}, "Asia/Shanghai"],
  [{ timeZone: "Europe/Kyiv" }, "Europe/Kyiv"],
])("with %j cron jobs run by the clock of %s", (overrides, timeZone) => {
  expect(variables(overrides).TZ).toEqual({ name: "TZ", value: timeZone });
});
