import { labelKeys } from "../../components/labels.ts";
import { versions } from "../versions.ts";
import type { NodeNetwork } from "./network.ts";
import { nodeKindLabel } from "./place.ts";

export const dnsReference = `localhost/coredns:${versions.coredns}`;

const name = "coredns";
const namespace = "kube-system";
/** The label of every cluster's DNS, which the program's network policies select. */
const labels = { "k8s-app": "kube-dns" };

/**
 * Names of all but tenants: nobody asks for those (an edge finds its pods by the API server), and a tenant that could
 * would know of every other. No reverse zones either, in which CoreDNS does not heed the label.
 *
 * @param resolvers that names of the world are asked of; without any only the cluster's names are known
 */
export function corefile(resolvers: readonly string[]): string {
  return `.:53 {
  errors
  health
  ready
  kubernetes cluster.local {
    namespace_labels !${labelKeys.tenant}
  }
  cache 30
${resolvers.length === 0 ? "" : "  forward . /etc/resolv.conf\n"}}
`;
}

/** The cluster's DNS on the real node. */
export function dnsObjects(network: NodeNetwork, resolvers: readonly string[]): object[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name },
      rules: [
        { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
      data: { Corefile: corefile(resolvers) },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace, labels },
      spec: {
        clusterIP: network.dnsAddress,
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec() },
      },
    },
  ];
}

function podSpec(): object {
  return {
    serviceAccountName: name,
    dnsPolicy: "Default",
    nodeSelector: { [nodeKindLabel]: "real" },
    securityContext: {
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
      // Port 53 for a process that is not root.
      sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
    },
    containers: [
      {
        name,
        image: dnsReference,
        imagePullPolicy: "Never",
        args: ["-conf", "/etc/coredns/Corefile"],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        livenessProbe: { httpGet: { path: "/health", port: 8080 } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
      },
    ],
    volumes: [{ name: "config", configMap: { name } }],
  };
}
