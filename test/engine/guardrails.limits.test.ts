import { afterAll, beforeAll, expect, test } from "vitest";
import type { Live } from "./cell.ts";
import { container, expectRefusal, type Guarded, intruder, openGuarded, pod } from "./guarded.ts";

/** What quota, limit range and Pod Security refuse beside the tenant's own pod, which runs. */
let guarded: Guarded;

const tenant = "guard-limits";
const namespace = `tenant-${tenant}`;

beforeAll(async () => {
  guarded = await openGuarded("guardrails-limits", tenant);
});
afterAll(() => guarded.cell.close());

const needing = (requests: Live, limits: Live = requests): Live =>
  pod({ containers: [container({ resources: { requests, limits } })] });
const claim = (storage: string, name = "probe"): Live => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
});
const service: Live = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "probe" },
  spec: { selector: { app: "probe" }, ports: [{ port: 80 }] },
};

/** The plan basic leaves 250 millicores and 256 MiB beside OpenClaw, for one Job. */
test.for([
  {
    what: "more CPU than the plan leaves for a Job",
    message: "exceeded quota: openclaw, .*requests.cpu=",
    refused: needing({ cpu: "251m", memory: "256Mi" }),
    accepted: needing({ cpu: "250m", memory: "256Mi" }),
  },
  {
    what: "more memory than the plan leaves for a Job",
    message: "exceeded quota: openclaw, .*requests.memory=",
    refused: needing({ cpu: "250m", memory: "257Mi" }),
    accepted: needing({ cpu: "250m", memory: "256Mi" }),
  },
  {
    what: "higher limits than the plan leaves for a Job",
    message: "exceeded quota: openclaw, .*limits.cpu=.*limits.memory=",
    refused: needing({ cpu: "250m", memory: "256Mi" }, { cpu: "501m", memory: "513Mi" }),
    accepted: needing({ cpu: "250m", memory: "256Mi" }, { cpu: "500m", memory: "512Mi" }),
  },
  {
    what: "a container larger than the plan",
    message: "maximum cpu usage per Container is 2",
    refused: needing({ cpu: "10m" }, { cpu: "2001m" }),
    accepted: needing({ cpu: "10m" }, { cpu: "500m" }),
  },
])("a tenant gets no pod with $what", async ({ message, refused, accepted }) => {
  const { tryCreate } = guarded;
  await expectRefusal(tryCreate(refused), new RegExp(message), tryCreate(accepted));
});

test.for([
  {
    what: "claim larger than a backup's, twice the plan",
    message: "maximum storage usage per PersistentVolumeClaim is 20Gi, but request is 21Gi",
    refused: claim("21Gi"),
  },
  { what: "second Service", message: "exceeded quota: openclaw, requested: services=1", refused: service },
])("a tenant gets no $what", async ({ message, refused }) => {
  const { tryCreate } = guarded;
  await expectRefusal(tryCreate(refused), new RegExp(message), tryCreate(refused, "default"));
});

test("a tenant gets no more claims than its own and those of two attempts at a backup", async () => {
  const { answer, tryCreate, cell } = guarded;
  const used = async () =>
    (await cell.object(tenant, "resourcequotas", "openclaw")).status.used["requests.storage"];
  const names = ["attempt-1", "attempt-2"];
  for (const name of names) {
    const create = ["create", "--namespace", namespace, "-f", "-"];
    expect(await answer(create, claim("20Gi", name))).toBe("accepted");
  }
  await expect.poll(used).toBe("50Gi");
  expect(await tryCreate(claim("1Gi"))).toMatch(
    /exceeded quota: openclaw, requested: .*requests.storage=1Gi/,
  );
  await cell.kubectl(["delete", "persistentvolumeclaim", ...names, "--namespace", namespace]);
  await expect.poll(used, { timeout: 15_000 }).toBe("10Gi");
});

test("a tenant gets no more pods than OpenClaw and two of Jobs", async () => {
  const { answer, tryCreate, cell } = guarded;
  const used = async () => (await cell.object(tenant, "resourcequotas", "openclaw")).status.used.pods;
  for (const name of ["job-1", "job-2"]) {
    expect(await tryCreate(pod())).toBe("accepted");
    const job = { ...pod(), metadata: { name } };
    expect(await answer(["create", "--namespace", namespace, "-f", "-"], job)).toBe("accepted");
  }
  await expect.poll(used).toBe("3");
  expect(await tryCreate(pod())).toMatch(/exceeded quota: openclaw, requested: .*pods=1/);
  await cell.kubectl(["delete", "pod", "job-1", "job-2", "--namespace", namespace, "--force"]);
  await expect.poll(used, { timeout: 15_000 }).toBe("1");
});

test("a container that does not say gets the limits of a Job", async () => {
  const { code, stdout, stderr } = await guarded.cell.kubectl(
    ["create", "--dry-run=server", "--namespace", namespace, "--output=json", ...intruder, "-f", "-"],
    pod({ containers: [container({ resources: {} })] }),
  );
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).spec.containers[0].resources).toMatchObject({
    requests: { cpu: "250m", memory: "256Mi" },
    limits: { cpu: "500m", memory: "512Mi" },
  });
});

const inContainer = (securityContext: Live): Live => ({ containers: [container({ securityContext })] });
const inPod = (securityContext: Live): Live => ({
  securityContext: { ...pod().spec.securityContext, ...securityContext },
});

test.for([
  ["run as root", "runAsUser=0", inPod({ runAsNonRoot: true, runAsUser: 0 })],
  ["be able to run as root", "runAsNonRoot != true", inPod({ runAsNonRoot: false })],
  ["run without seccomp", "seccompProfile", inPod({ seccompProfile: { type: "Unconfined" } })],
  ["gain privileges", "allowPrivilegeEscalation != false", inContainer({ allowPrivilegeEscalation: true })],
  ["keep capabilities", "unrestricted capabilities", inContainer({ capabilities: { drop: [] } })],
  ["mount the host's files", "hostPath", { volumes: [{ name: "v", hostPath: { path: "/etc" } }] }],
  ["use the host's network", "host namespaces", { hostNetwork: true }],
  [
    "take a port of the host",
    "hostPort",
    { containers: [container({ ports: [{ containerPort: 80, hostPort: 80 }] })] },
  ],
] as const)("Pod Security lets no pod of a tenant %s", async ([, reason, spec]) => {
  const { tryCreate } = guarded;
  const refusal = new RegExp(`violates PodSecurity "restricted:latest".*${reason}`);
  await expectRefusal(tryCreate(pod(spec)), refusal, tryCreate(pod()));
});
