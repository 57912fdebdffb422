import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../../kubernetesObject.ts";
import { managedBy, managedByLabel } from "../../labels.ts";
import { edgeNames } from "./names.ts";

type Role = ManifestOf<k8s.types.input.rbac.v1.Role>;
type Rules = Role["rules"];

const labels = { [managedByLabel]: managedBy };
const rbac = "rbac.authorization.k8s.io";

const read = ["get", "list", "watch"];
const manage = ["get", "list", "watch", "create", "patch", "delete", "deletecollection"];
const routes = [
  "gateways",
  "listenersets",
  "httproutes",
  "grpcroutes",
  "tcproutes",
  "tlsroutes",
  "udproutes",
];
const policies = [
  ...["envoyproxies", "envoypatchpolicies", "clienttrafficpolicies", "backendtrafficpolicies"],
  ...["securitypolicies", "envoyextensionpolicies", "backends"],
];
const status = (resources: readonly string[]) => resources.map((resource) => `${resource}/status`);

/**
 * What the controller may do, all of it in the edge's namespace: read what is declared, and make the proxies. It may read no
 * tenant's Secret. Source: charts/gateway-helm/templates/_rbac.tpl of Envoy Gateway 1.9.1, for a watch of named namespaces.
 */
const controllerRules: Rules = [
  { apiGroups: [""], resources: ["configmaps", "secrets", "services"], verbs: read },
  { apiGroups: ["apps"], resources: ["deployments", "daemonsets"], verbs: read },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["gateway.envoyproxy.io"], resources: [...policies, "httproutefilters"], verbs: read },
  { apiGroups: ["gateway.envoyproxy.io"], resources: status(policies), verbs: ["update"] },
  {
    apiGroups: ["gateway.networking.k8s.io"],
    resources: [...routes, "backendtlspolicies", "referencegrants"],
    verbs: read,
  },
  {
    apiGroups: ["gateway.networking.k8s.io"],
    resources: status([...routes, "backendtlspolicies"]),
    verbs: ["update"],
  },
  // The proxies.
  { apiGroups: [""], resources: ["serviceaccounts", "services", "configmaps"], verbs: manage },
  { apiGroups: ["apps"], resources: ["deployments", "daemonsets"], verbs: manage },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: manage },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: manage },
  // Which of its replicas leads.
  { apiGroups: [""], resources: ["configmaps"], verbs: ["update"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
  },
  { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
];

/** What it may do in the whole cluster: see which nodes and namespaces there are, and take its GatewayClass. */
const clusterRules: Rules = [
  { apiGroups: [""], resources: ["nodes", "namespaces"], verbs: read },
  {
    apiGroups: ["gateway.networking.k8s.io"],
    resources: ["gatewayclasses"],
    verbs: [...read, "patch", "update"],
  },
  { apiGroups: ["gateway.networking.k8s.io"], resources: ["gatewayclasses/status"], verbs: ["update"] },
];

/** Rights of the Job that makes the certificates by which controller and proxies know each other. */
const certificateRules: Rules = [
  { apiGroups: [""], resources: ["secrets"], verbs: ["get", "create", "update"] },
];

export function serviceAccountSpecs(
  namespace: string,
): readonly ManifestOf<k8s.types.input.core.v1.ServiceAccount>[] {
  return [edgeNames.controller, edgeNames.certificates].map((name) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace, labels },
    automountServiceAccountToken: false,
  }));
}

/** Roles and their bindings, those of the whole cluster named after the edge's namespace. */
export function rightSpecs(namespace: string) {
  return [
    ...rightsIn(namespace, edgeNames.controller, controllerRules),
    ...rightsIn(namespace, edgeNames.certificates, certificateRules),
    ...clusterRights(namespace),
  ];
}

function rightsIn(namespace: string, name: string, rules: Rules) {
  const metadata = { name, namespace, labels };
  return [
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

function clusterRights(namespace: string) {
  const metadata = { name: `${namespace}-${edgeNames.controller}`, labels };
  return [
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules: clusterRules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: edgeNames.controller, namespace }],
    },
  ];
}
