import { describe, expect, test } from "vitest";
import { typeToken } from "../../components/kubernetesObject.ts";
import { retireBindingSpec } from "../../components/services/accounts/retire.ts";
import { networkPolicySpec } from "../../components/tenant/networkPolicy.ts";
import { computed } from "../../policy/values.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { brokenRules, resource, resourceViolations, today } from "../fixtures/policyResources.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";

const labels = { "openclaw.ai/tenant": "acme" };

/** A Kubernetes object in tenant acme's namespace, with its label. */
function object(kind: string, content: object = {}, apiVersion = "v1", metadata: object = {}) {
  return resource(typeToken({ apiVersion, kind }), {
    apiVersion,
    kind,
    metadata: { name: "it", namespace: "tenant-acme", labels, ...metadata },
    ...content,
  });
}

const container = {
  name: "openclaw",
  image: "ghcr.io/openclaw/openclaw:2026.9.6",
  securityContext: { allowPrivilegeEscalation: false },
};

/** A pod's specification with these changes to it and to its one container. */
const podSpec = (change: object = {}, containerChange: object = {}) => ({
  containers: [{ ...container, ...containerChange }],
  ...change,
});

const pod = (change: object = {}, containerChange: object = {}) =>
  object("Pod", { spec: podSpec(change, containerChange) });

const deployment = (spec: object, metadata: object = { labels }) =>
  object("Deployment", { spec: { template: { metadata, spec } } }, "apps/v1");

const cronJob = (spec: object) =>
  object(
    "CronJob",
    { spec: { jobTemplate: { spec: { template: { metadata: { labels }, spec } } } } },
    "batch/v1",
  );

const namespace = (name: string, level: unknown, own: object = labels) =>
  resource("kubernetes:core/v1:Namespace", {
    metadata: { name, labels: { ...own, "pod-security.kubernetes.io/enforce": level } },
  });

const service = (spec: object) => object("Service", { spec });

const policy = (spec: object, metadata: object = {}) =>
  object("NetworkPolicy", { spec }, "networking.k8s.io/v1", metadata);

const rbac = "rbac.authorization.k8s.io";
const binding = (
  kind: "RoleBinding" | "ClusterRoleBinding",
  subjects: object | readonly object[],
  role: object,
  metadata = {},
) =>
  object(
    kind,
    { roleRef: { apiGroup: rbac, kind: "ClusterRole", ...role }, subjects: [subjects].flat() },
    `${rbac}/v1`,
    metadata,
  );
const retire = { kind: "ServiceAccount", name: "retire", namespace: "openclaw-services" };
const retireRole = { name: "openclaw-retire" };
const serviceAccount = (namespace: string) => ({ kind: "ServiceAccount", name: "openclaw", namespace });

const claim = (protect: boolean, annotations: object = {}) => ({
  ...object("PersistentVolumeClaim", {}, "v1", { annotations }),
  protect,
});

const retireBinding = retireBindingSpec(tenant());

const storageClass = (provisioner: string, parameters?: object) =>
  resource("kubernetes:storage.k8s.io/v1:StorageClass", {
    metadata: { name: "tenants" },
    provisioner,
    parameters,
  });

/** The public internet as tenants' policies name it. */
const internet = {
  cidr: "0.0.0.0/0",
  except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
};
const without = (network: string) => ({
  ...internet,
  except: internet.except.filter((each) => each !== network),
});
const egress = (ipBlock: object) => ({ egress: [{ to: [{ ipBlock }] }] });
const elsewhere = { namespace: "openclaw-models", labels: {} };

test.for([
  ["Deployment", "apps/v1"],
  ["StatefulSet", "apps/v1"],
  ["DaemonSet", "apps/v1"],
  ["ReplicaSet", "apps/v1"],
  ["ReplicationController", "v1"],
  ["Job", "batch/v1"],
] as const)("the pods of a %s are judged by its template", ([kind, apiVersion]) => {
  const workload = (spec: object) =>
    resourceViolations(object(kind, { spec: { template: { metadata: { labels }, spec } } }, apiVersion));
  expect(workload(podSpec())).toEqual([]);
  expect(workload(podSpec({ hostNetwork: true })).join("\n")).toMatch(/hostNetwork/);
});

describe("good", () => {
  test.for([
    ["pod", pod()],
    ["pod with a digest", pod({}, { image: `ghcr.io/openclaw/openclaw@sha256:${"a".repeat(64)}` })],
    ["deployment", deployment(podSpec())],
    ["cron job", cronJob(podSpec())],
    ["namespace of a tenant", namespace("tenant-acme", "restricted")],
    ["namespace of the platform", namespace("openclaw-edge", "baseline", {})],
    ["service", service({ type: "ClusterIP" })],
    ["service whose type is not said", service({})],
    ["service of the edge", object("Service", { spec: { type: "LoadBalancer" } }, "v1", elsewhere)],
    ["way to the public internet", policy(egress(internet))],
    ["way to a node's DNS cache", policy(egress({ cidr: "169.254.20.10/32" }))],
    ["way from the edge", policy({ ingress: [{ from: [{ namespaceSelector: {} }] }] })],
    ["policy of no rules", policy({ ingress: [], egress: [] })],
    ["way from a private network", policy({ ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] })],
    ["way from everywhere in the cluster to the platform", policy({ ingress: [{}] }, elsewhere)],
    ["way into a private network, of the platform", policy(egress({ cidr: "10.0.0.0/8" }), elsewhere)],
    [
      "policy that the program writes",
      policy(networkPolicySpec(tenant(), platformFacts, inClusterFacts).spec ?? {}),
    ],
    [
      "policy that the program writes on a cloud",
      policy(networkPolicySpec(tenant(), platformFacts, managedFacts).spec ?? {}),
    ],
    ["binding that the program writes", resource(typeToken(retireBinding), retireBinding)],
    ["binding of the platform", binding("RoleBinding", serviceAccount("openclaw-models"), {}, elsewhere)],
    ["binding of a user", binding("ClusterRoleBinding", { kind: "User", name: "alice" }, {}, elsewhere)],
    ["binding of a group", binding("ClusterRoleBinding", { kind: "Group", name: "ops" }, {}, elsewhere)],
    ["binding of what is not known yet", binding("RoleBinding", retire, { name: computed })],
    ["role of the platform", object("Role", { rules: [] }, `${rbac}/v1`, elsewhere)],
    ["encrypted volumes", storageClass("diskplugin.csi.alibabacloud.com", { encrypted: "true" })],
    ["encrypted volumes of TKE", storageClass("com.tencent.cloud.csi.cbs", { encrypt: "ENCRYPT" })],
    ["volumes of a file system", storageClass("nasplugin.csi.alibabacloud.com")],
    ["object that is not in a tenant's namespace", object("ConfigMap", {}, "v1", elsewhere)],
    [
      "namespace whose name is not known yet",
      resource("kubernetes:core/v1:ConfigMap", { metadata: computed }),
    ],
    ["pod that is not known yet", object("Pod", { spec: computed })],
    ["image that is not known yet", pod({}, { image: computed })],
    ["networks that are not known yet", policy(egress({ cidr: "0.0.0.0/0", except: computed }))],
  ] as const)("%s", ([, each]) => {
    expect(resourceViolations(each)).toEqual([]);
  });
});

describe("bad", () => {
  test.for([
    [
      "no tag",
      pod({}, { image: "ghcr.io/openclaw/openclaw" }),
      "pinned-image",
      /containers\[0\] \(openclaw\)/,
    ],
    ["the tag latest", deployment(podSpec({}, { image: "a/b:latest" })), "pinned-image", /a\/b:latest/],
    [
      "an init container without a tag",
      cronJob(podSpec({ initContainers: [{ ...container, image: "localhost:5000/a" }] })),
      "pinned-image",
      /initContainers\[0\]/,
    ],
    [
      "privileged",
      pod({}, { securityContext: { ...container.securityContext, privileged: true } }),
      "tenant-pod",
      /privileged is root/,
    ],
    ["escalation", pod({}, { securityContext: {} }), "tenant-pod", /allowPrivilegeEscalation is not false/],
    [
      "capabilities",
      pod({}, { securityContext: { ...container.securityContext, capabilities: { add: ["NET_RAW"] } } }),
      "tenant-pod",
      /capabilities.add/,
    ],
    ["host port", pod({}, { ports: [{ containerPort: 80, hostPort: 80 }] }), "tenant-pod", /hostPort/],
    [
      "host path",
      deployment(podSpec({ volumes: [{ name: "root", hostPath: { path: "/" } }] })),
      "tenant-pod",
      /volume "root"/,
    ],
    ["host network", cronJob(podSpec({ hostNetwork: true })), "tenant-pod", /hostNetwork/],
    ["host processes", pod({ hostPID: true }), "tenant-pod", /hostPID/],
    ["NodePort", service({ type: "NodePort" }), "tenant-service", /spec.type is "NodePort"/],
    ["LoadBalancer", service({ type: "LoadBalancer" }), "tenant-service", /write "ClusterIP"/],
    ["external addresses", service({ externalIPs: ["203.0.113.1"] }), "tenant-service", /externalIPs/],
    ["no label", object("ConfigMap", {}, "v1", { labels: {} }), "tenant-label", /is not set, write "acme"/],
    [
      "label of another",
      object("Secret", {}, "v1", { labels: { "openclaw.ai/tenant": "evil" } }),
      "tenant-label",
      /is "evil"/,
    ],
    ["pods without a label", deployment(podSpec(), {}), "tenant-label", /the pod template's metadata.labels/],
    [
      "patch of a workload",
      { ...deployment(podSpec({}, { image: "a/b" })), type: "kubernetes:apps/v1:DeploymentPatch" },
      "pinned-image",
      /a\/b can change/,
    ],
    ["namespace without a label", namespace("tenant-acme", "restricted", {}), "tenant-label", /not set/],
    [
      "namespace of weaker pods",
      namespace("tenant-acme", "baseline"),
      "pod-security-label",
      /write "restricted"$/,
    ],
    [
      "platform's namespace without a level",
      namespace("openclaw-edge", undefined, {}),
      "pod-security-label",
      /"restricted" or "baseline"/,
    ],
    [
      "entrance for everybody",
      policy({ ingress: [{ from: [{ ipBlock: internet }] }] }),
      "network-policy",
      /ingress\[0\] admits 0.0.0.0\/0/,
    ],
    [
      "entrance for half of them",
      policy({ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }] }] }, elsewhere),
      "network-policy",
      /0.0.0.0\/1/,
    ],
    [
      "entrance without from",
      policy({ ingress: [{}, { from: [] }] }),
      "network-policy network-policy",
      /has no from/,
    ],
    ["way out without to", policy({ egress: [{ ports: [{ port: 443 }] }] }), "network-policy", /has no to/],
    [
      "way to everywhere",
      policy(egress({ cidr: "0.0.0.0/0" }), elsewhere),
      "network-policy",
      /10.0.0.0\/8, 100.64.0.0\/10, 169.254/,
    ],
    [
      "way to everywhere by IPv6",
      policy(egress({ cidr: "::/0" })),
      "network-policy",
      /64:ff9b::\/96, fc00::\/7, fe80::\/10/,
    ],
    [
      "way to metadata services",
      policy(egress(without("169.254.0.0/16"))),
      "network-policy",
      /lets into 169.254.0.0\/16 by/,
    ],
    [
      "way to the carrier's network",
      policy(egress(without("100.64.0.0/10"))),
      "network-policy",
      /lets into 100.64.0.0\/10 by/,
    ],
    [
      "way to a part of it",
      policy(egress({ ...without("10.0.0.0/8"), except: [...without("10.0.0.0/8").except, "10.0.0.0/9"] })),
      "network-policy",
      /into 10.0.0.0\/8/,
    ],
    [
      "way to half the internet",
      policy(egress({ cidr: "128.0.0.0/1" })),
      "network-policy",
      /169.254.0.0\/16, 172.16.0.0\/12, 192.168.0.0\/16/,
    ],
    [
      "way into a private network",
      policy(egress({ cidr: "10.0.0.0/8" })),
      "network-policy",
      /into 10.0.0.0\/8/,
    ],
    ["role of a tenant", object("Role", { rules: [] }, `${rbac}/v1`), "tenant-rights", /has no Role/],
    [
      "binding to another role",
      binding("RoleBinding", retire, { name: "view" }),
      "tenant-rights",
      /has one binding: the ClusterRole openclaw-retire/,
    ],
    [
      "binding to a role of the namespace's own",
      binding("RoleBinding", retire, { ...retireRole, kind: "Role" }),
      "tenant-rights",
      /has one binding/,
    ],
    [
      "binding of another account",
      binding("RoleBinding", { ...retire, name: "default" }, retireRole),
      "tenant-rights",
      /has one binding/,
    ],
    [
      "binding of an account in another namespace",
      binding("RoleBinding", { ...retire, namespace: "default" }, retireRole),
      "tenant-rights",
      /has one binding/,
    ],
    [
      "binding of the account that may be, and of another beside it",
      binding("RoleBinding", [retire, { ...retire, name: "default" }], retireRole),
      "tenant-rights",
      /has one binding/,
    ],
    [
      "binding of a user in a tenant's namespace",
      binding("RoleBinding", { kind: "User", name: "retire" }, retireRole),
      "tenant-rights",
      /has one binding/,
    ],
    [
      "rights of a tenant in its own namespace",
      binding("RoleBinding", { kind: "ServiceAccount", name: "openclaw" }, retireRole),
      "tenant-rights tenant-rights",
      /"openclaw" is, or may be, a tenant's pod/,
    ],
    [
      "rights of a tenant elsewhere",
      binding("RoleBinding", serviceAccount("tenant-acme"), {}, elsewhere),
      "tenant-rights",
      /it has no rights/,
    ],
    ...[
      serviceAccount("tenant-acme"),
      { kind: "User", name: "system:serviceaccount:tenant-acme:openclaw" },
      { kind: "Group", name: "system:serviceaccounts:tenant-acme" },
      { kind: "Group", name: "system:serviceaccounts" },
      { kind: "Group", name: "system:authenticated" },
      { kind: "Group", name: "system:unauthenticated" },
    ].map(
      (subject) =>
        [
          `rights of ${subject.kind} ${subject.name} in the cluster`,
          binding("ClusterRoleBinding", subject, { name: "view" }, { namespace: undefined, labels: {} }),
          "tenant-rights",
          /it has no rights/,
        ] as const,
    ),
    [
      "plain volumes",
      storageClass("diskplugin.csi.alibabacloud.com", { type: "cloud_essd" }),
      "encrypted-disk",
      /parameters.encrypted is not set/,
    ],
    [
      "plain volumes of TKE",
      storageClass("com.tencent.cloud.csi.cbs"),
      "encrypted-disk",
      /parameters.encrypt is not set: write "ENCRYPT"/,
    ],
    ["unprotected volume claim", claim(false), "protected-data", /protect: true/],
    [
      "unprotected namespace",
      { ...namespace("tenant-acme", "restricted"), protect: false },
      "protected-data",
      /protect/,
    ],
  ] as const)("%s", ([, each, rules, message]) => {
    const violations = resourceViolations(each);
    expect(brokenRules(violations).join(" ")).toBe(rules);
    expect(violations[0]).toMatch(message);
  });
});

describe("data of an offboarded tenant", () => {
  const retainUntil = (day: string) => ({ "openclaw.ai/retain-until": day });
  const offboarded = (day: string, state = "offboarded") => ({
    ...resource("kubernetes:core/v1:Namespace", {
      metadata: {
        name: "tenant-acme",
        labels: { ...labels, "openclaw.ai/state": state, "pod-security.kubernetes.io/enforce": "restricted" },
        annotations: retainUntil(day),
      },
    }),
    protect: false,
  });

  test("needs no protection from its retention date on", () => {
    expect(resourceViolations(offboarded(today))).toEqual([]);
    expect(resourceViolations(claim(false, retainUntil(today)))).toEqual([]);
  });

  test("is protected until then", () => {
    const tomorrow = "2026-06-16";
    expect(brokenRules(resourceViolations(offboarded(tomorrow)))).toEqual(["protected-data"]);
    expect(brokenRules(resourceViolations(claim(false, retainUntil(tomorrow))))).toEqual(["protected-data"]);
  });

  test("a date alone does not lift the protection of a tenant that is still there", () => {
    expect(brokenRules(resourceViolations(offboarded(today, "active")))).toEqual(["protected-data"]);
  });
});

describe("what is not a tenant's", () => {
  const elsewhere = { namespace: "kube-system", labels: {} };

  test.each([
    ["a pod on the node's network", object("Pod", { spec: podSpec({ hostNetwork: true }) }, "v1", elsewhere)],
    ["an object without a tenant's label", object("ConfigMap", {}, "v1", elsewhere)],
    [
      "a Service with a port on every node",
      object("Service", { spec: { type: "NodePort" } }, "v1", elsewhere),
    ],
    [
      "a claim that is not protected",
      { ...claim(false), props: object("PersistentVolumeClaim", {}, "v1", elsewhere).props },
    ],
    ["a namespace that is not protected", { ...namespace("kube-extra", "baseline", {}), protect: false }],
  ])("%s is let be", (_, each) => {
    expect(resourceViolations(each)).toEqual([]);
  });
});

describe("in a tenant's namespace", () => {
  test.each([
    ["a ConfigMap needs no protection", { ...object("ConfigMap"), protect: false }],
    [
      "an Ingress may have what a Service may not",
      object("Ingress", { spec: { type: "NodePort" } }, "networking.k8s.io/v1"),
    ],
    [
      "a volume is no folder of the node unless it says so",
      pod({ volumes: [{ name: "data", emptyDir: {} }] }),
    ],
  ])("%s", (_, each) => {
    expect(resourceViolations(each)).toEqual([]);
  });
});
