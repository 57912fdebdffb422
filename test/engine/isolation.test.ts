import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cell, type Live, openCell } from "./cell.ts";

/** What a tenant could do with its ServiceAccount, if it ever got hold of a token of it. */
let cell: Cell;

const serviceAccount = "system:serviceaccount:tenant-iso-a:openclaw";
/** Bound to the role `view` everywhere: shows that the questions asked below can be answered with yes. */
const reader = "system:serviceaccount:default:isolation-reader";

beforeAll(async () => {
  cell = await openCell("isolation");
  cell.writeTenant("iso-a");
  cell.writeTenant("iso-b");
  await cell.up();
  const { code, stderr } = await cell.kubectl(["create", "-f", "-"], readerBinding);
  expect(code, stderr).toBe(0);
});
afterAll(async () => {
  await cell.kubectl(["delete", "clusterrolebinding", readerBinding.metadata.name]);
  cell.close();
});

const readerBinding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "isolation-reader" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
  subjects: [{ kind: "ServiceAccount", namespace: "default", name: "isolation-reader" }],
};

/** `verb resource.group` of all that RBAC lets a user do in a namespace, and of what it lets it do anywhere. */
async function rights(user: string, namespace: string): Promise<string[]> {
  const { code, stdout, stderr } = await cell.kubectl(
    ["create", "--raw", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "--as", user, "-f", "-"],
    { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } },
  );
  expect(code, stderr).toBe(0);
  const { resourceRules, incomplete } = JSON.parse(stdout).status;
  expect(incomplete).toBe(false);
  return resourceRules.flatMap(({ verbs, resources, apiGroups }: Live) =>
    verbs.flatMap((verb: string) =>
      resources.map((resource: string) => `${verb} ${resource}.${apiGroups.join()}`),
    ),
  );
}

/** The rights of every authenticated user: to ask who it is and what it may do. */
const askingAboutItself = [
  "create selfsubjectaccessreviews.authorization.k8s.io",
  "create selfsubjectreviews.authentication.k8s.io",
  "create selfsubjectrulesreviews.authorization.k8s.io",
];

const namespaces = ["tenant-iso-a", "tenant-iso-b", "openclaw-edge", "kube-system", "default"];

test.for(namespaces)("RBAC grants a tenant's ServiceAccount nothing in %s", async (namespace) => {
  expect((await rights(serviceAccount, namespace)).toSorted()).toEqual(askingAboutItself);
  expect(await rights(reader, namespace)).toContain("list pods.");
});

/** Every kind that the cluster can list, custom and aggregated ones included. */
async function listableKinds(namespaced: boolean): Promise<string[]> {
  const { code, stdout, stderr } = await cell.kubectl([
    ...["api-resources", "--verbs=list", `--namespaced=${namespaced}`, "--output=name"],
  ]);
  expect(code, stderr).toBe(0);
  return stdout.trim().split("\n");
}

/** Which of these kinds a user really gets from the API server: it lists them all and looks who was refused. */
async function readableKinds(user: string, kinds: readonly string[], ...where: string[]): Promise<string[]> {
  const { stdout, stderr } = await cell.kubectl([
    ...["get", kinds.join(","), "--as", user, "--ignore-not-found", "--output=name", ...where],
  ]);
  const refused = kinds.filter((kind) => stderr.includes(`: ${kind} is forbidden: User "${user}"`));
  const readable = kinds.filter((kind) => !refused.includes(kind));
  return stdout === "" ? readable : [...readable, stdout];
}

test.for([
  ["its own namespace", "--namespace=tenant-iso-a"],
  ["another tenant's namespace", "--namespace=tenant-iso-b"],
  ["all namespaces at once", "--all-namespaces"],
] as const)("a tenant's ServiceAccount reads no object of %s", async ([, where]) => {
  const kinds = await listableKinds(true);
  expect(kinds).toEqual(expect.arrayContaining(["pods", "secrets", "configmaps", "deployments.apps"]));
  expect(await readableKinds(serviceAccount, kinds, where)).toEqual([]);
  expect(await readableKinds(reader, kinds, where)).toContain("pods");
});

test("a tenant's ServiceAccount reads no object of the cluster", async () => {
  const kinds = await listableKinds(false);
  expect(kinds).toEqual(expect.arrayContaining(["namespaces", "nodes", "persistentvolumes"]));
  expect(await readableKinds(serviceAccount, kinds)).toEqual([]);
  expect(await readableKinds(reader, kinds)).toContain("namespaces");
});

test("no token of the ServiceAccount is mounted into the tenant's pod", async () => {
  const account = await cell.object("iso-a", "serviceaccounts", "openclaw");
  expect(account.automountServiceAccountToken).toBe(false);
  const pods = await cell.json("get", "pods", "--namespace=tenant-iso-a");
  expect(pods.items).toHaveLength(1);
  const { spec } = pods.items[0];
  expect(spec).toMatchObject({ serviceAccountName: "openclaw", automountServiceAccountToken: false });
  expect(spec.volumes.flatMap(({ projected }: Live) => projected?.sources ?? [])).toEqual([]);
  const mounts = spec.containers.flatMap(({ volumeMounts }: Live) => volumeMounts);
  expect(mounts.map(({ mountPath }: Live) => mountPath)).not.toContain(
    "/var/run/secrets/kubernetes.io/serviceaccount",
  );
});
