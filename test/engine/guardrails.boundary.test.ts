import { afterAll, beforeAll, expect, test } from "vitest";
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

/** What bounds a tenant is changed by the deployer alone: the same command is refused to anybody else. */
let guarded: Guarded;

const tenant = "guard-wall";
const namespace = `tenant-${tenant}`;
/** A namespace that is nobody's tenant. */
const ordinary = "guard-wall-ordinary";

beforeAll(async () => {
  guarded = await openGuarded("guardrails-boundary", tenant);
  await guarded.answer(["create", "namespace", ordinary]);
  for (const object of [{ ...role, metadata: { name: "own" } }, ownBinding]) {
    const made = await guarded.answer(["create", "--namespace", namespace, "-f", "-"], object);
    expect(made).toBe("accepted");
  }
});
afterAll(async () => {
  await guarded.cell.kubectl(["delete", "namespace", ordinary, "--wait=false"]);
  guarded.cell.close();
});

interface Change {
  readonly what: string;
  /** kubectl's arguments; nothing is changed. */
  readonly args: readonly string[];
  readonly input?: object;
}

const dryRun = "--dry-run=server";
const patch = (object: string, change: object): readonly string[] => [
  ...["patch", object, "--namespace", namespace, "--type=merge", "--patch", JSON.stringify(change), dryRun],
];
const remove = (object: string): readonly string[] => ["delete", object, "--namespace", namespace, dryRun];
const removeAll = (collection: string): readonly string[] => ["delete", "--raw", `${collection}?dryRun=All`];
const create = (where: string = namespace): readonly string[] => [
  ...["create", "--namespace", where, "-f", "-", dryRun],
];

const quota = {
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "second" },
  spec: { hard: { pods: "100" } },
};
const limitRange = {
  apiVersion: "v1",
  kind: "LimitRange",
  metadata: { name: "second" },
  spec: { limits: [{ type: "Container", max: { cpu: "64" } }] },
};
/** Policies add up: one more opens what the tenant's own closes. */
const networkPolicy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "second" },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] },
};

/** Rights add up as well. */
const role = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name: "second" },
  rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
};
const roleBinding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "second" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
  subjects: [{ kind: "ServiceAccount", name: "openclaw", namespace }],
};
/** What the deployer has made there, as a rotation makes it. */
const ownBinding = { ...roleBinding, metadata: { name: "openclaw-retire" } };

const core = `/api/v1/namespaces/${namespace}`;
const boundary: readonly Change[] = [
  { what: "raise the quota", args: patch("resourcequota/openclaw", { spec: { hard: { pods: "9" } } }) },
  { what: "delete the quota", args: remove("resourcequota/openclaw") },
  { what: "delete every quota", args: removeAll(`${core}/resourcequotas`) },
  { what: "add a quota", args: create(), input: quota },
  { what: "change the limit range", args: patch("limitrange/openclaw", { spec: { limits: [] } }) },
  { what: "delete the limit range", args: remove("limitrange/openclaw") },
  { what: "add a limit range", args: create(), input: limitRange },
  {
    what: "open the network policy",
    args: patch("networkpolicy/openclaw", { spec: { ingress: [{}], egress: [{}] } }),
  },
  { what: "delete the network policy", args: remove("networkpolicy/openclaw") },
  {
    what: "delete every network policy",
    args: removeAll(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`),
  },
  { what: "add an unlabelled network policy", args: create(), input: networkPolicy },
  { what: "add a role", args: create(), input: role },
  { what: "add a role binding", args: create(), input: roleBinding },
  {
    what: "bind somebody else",
    args: patch("rolebinding/openclaw-retire", { subjects: [{ kind: "User", name: "mallory" }] }),
  },
  { what: "delete a role binding", args: remove("rolebinding/openclaw-retire") },
  {
    what: "delete every role",
    args: removeAll(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`),
  },
  { what: "delete the volume claim", args: remove("persistentvolumeclaim/openclaw-data") },
  { what: "delete every volume claim", args: removeAll(`${core}/persistentvolumeclaims`) },
];

const deployerAlone = "changed by the deployer alone";

test.for(boundary)("nobody but the deployer may $what", async ({ args, input }) => {
  const { answer } = guarded;
  const refusal = refusalBy("openclaw-tenant-boundary", deployerAlone);
  await expectRefusal(answer([...args, ...intruder], input), refusal, answer([...args, ...deployer], input));
});

test.for([quota, limitRange, networkPolicy, role, roleBinding])(
  "anybody may create a $kind in a namespace that is no tenant's",
  async (object) => {
    expect(await guarded.answer([...create(ordinary), ...intruder], object)).toBe("accepted");
  },
);

const metadata = (change: object, name: string = namespace): readonly string[] => [
  ...["patch", "namespace", name, "--type=merge", "--patch", JSON.stringify({ metadata: change }), dryRun],
];
const namespaceOf = (labels: Live): object => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "guard-wall-new", labels },
});

const ownNamespace: readonly Change[] = [
  { what: "relabel it as another tenant's", args: metadata({ labels: { "openclaw.ai/tenant": "other" } }) },
  { what: "take the tenant's label off", args: metadata({ labels: { "openclaw.ai/tenant": null } }) },
  { what: "take every label off", args: metadata({ labels: null }) },
  { what: "move it to another cell", args: metadata({ labels: { "openclaw.ai/cell": "other" } }) },
  { what: "raise its plan", args: metadata({ labels: { "openclaw.ai/plan": "enterprise" } }) },
  {
    what: "switch Pod Security off",
    args: metadata({ labels: { "pod-security.kubernetes.io/enforce": "privileged" } }),
  },
  { what: "change its host", args: metadata({ annotations: { "openclaw.ai/host": "other.example" } }) },
  { what: "delete it", args: ["delete", "namespace", namespace, dryRun] },
  {
    what: "make an ordinary namespace a tenant's",
    args: metadata({ labels: { "openclaw.ai/tenant": "other" } }, ordinary),
  },
  {
    what: "create a tenant's namespace",
    args: ["create", "-f", "-", dryRun],
    input: namespaceOf({ "openclaw.ai/tenant": "other" }),
  },
];

test.for(ownNamespace)(
  "of a tenant's namespace nobody but the deployer may $what",
  async ({ args, input }) => {
    expect(await guarded.answer([...args, ...intruder], input)).toMatch(
      refusalBy("openclaw-tenant-namespaces", deployerAlone),
    );
    expect(await guarded.answer([...args, ...deployer], input)).toBe("accepted");
  },
);

/** Both write a namespace's labels and annotations as well. */
test.for(["status", "finalize"])(
  "nor may anybody change its labels by way of its %s",
  async (subresource) => {
    const { cell, answer } = guarded;
    const relabel = async (name: string, who: readonly string[]) => {
      const live = await cell.json("get", "namespace", name);
      live.metadata.labels = { "kubernetes.io/metadata.name": name };
      const path = `/api/v1/namespaces/${name}/${subresource}?dryRun=All`;
      return answer(["replace", "--raw", path, ...who, "-f", "-"], live);
    };
    expect(await relabel(namespace, intruder)).toMatch(
      refusalBy("openclaw-tenant-namespaces", deployerAlone),
    );
    expect(await relabel(namespace, deployer)).toBe("accepted");
    expect(await relabel(ordinary, intruder)).toBe("accepted");
  },
);

test("anybody may create, label and delete a namespace that is no tenant's", async () => {
  const { answer } = guarded;
  expect(await answer(["create", "-f", "-", dryRun, ...intruder], namespaceOf({}))).toBe("accepted");
  expect(await answer([...metadata({ labels: { team: "other" } }, ordinary), ...intruder])).toBe("accepted");
  expect(await answer(["delete", "namespace", ordinary, dryRun, ...intruder])).toBe("accepted");
});

test("the control plane empties a tenant's namespace that the deployer deletes", async () => {
  const { answer } = guarded;
  const doomed = await createBareNamespace(guarded, "guard-wall-doomed");
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
  for (const object of [quota, limitRange, networkPolicy, role, roleBinding, claim]) {
    expect(await answer(["create", "--namespace", doomed, "-f", "-"], object)).toBe("accepted");
  }
  expect(await answer(["delete", "namespace", doomed, "--timeout=45s"])).toBe("accepted");
});
