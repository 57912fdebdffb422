import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../../kubernetesObject.ts";
import { objectNames } from "../../names.ts";
import { servicesNamespace } from "../namespace.ts";

/**
 * Access of the Jobs that end credentials, which first look whether the tenant runs with the new ones: a
 * ServiceAccount, the rights that tenants' namespaces lend it (components/services/accounts/retire.ts), and a way to
 * the API server.
 */

/** The ServiceAccount in the services' namespace; every stack that reads the platform learns its name there. */
export const retireAccount = "retire";

/** The ClusterRole, and the RoleBinding in a tenant's namespace. */
export const retireRole = "openclaw-retire";

/** Labels of the pods that may ask the API server. */
export const retirePodLabels = { "app.kubernetes.io/component": "retire" } as const;

export const retireAccountSpec = (): ManifestOf<k8s.types.input.core.v1.ServiceAccount> => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: retireAccount, namespace: servicesNamespace },
  // A token is mounted into the one container that asks.
  automountServiceAccountToken: false,
});

/** Bound nowhere by itself. A pod's object names Secrets and holds none of their values. */
export const retireRoleSpec = (): ManifestOf<k8s.types.input.rbac.v1.ClusterRole> => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: retireRole },
  rules: [
    { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
    {
      apiGroups: ["apps"],
      resources: ["deployments"],
      resourceNames: [objectNames.workload],
      verbs: ["get"],
    },
  ],
});

/**
 * Where API servers of clusters are, by any port: a policy sees the server's own address and port, not the Service's, and
 * nobody says them beforehand. Without the clouds' metadata services.
 */
const privateNetworks: readonly { readonly cidr: string; readonly except?: readonly string[] }[] = [
  { cidr: "10.0.0.0/8" },
  { cidr: "100.64.0.0/10", except: ["100.100.100.200/32"] },
  { cidr: "169.254.0.0/16", except: ["169.254.0.23/32", "169.254.169.254/32"] },
  { cidr: "172.16.0.0/12" },
  { cidr: "192.168.0.0/16" },
  { cidr: "198.18.0.0/15" },
  { cidr: "fd00::/8", except: ["fd00:ec2::254/128"] },
];

/** Adds to the services' own policy. Where the API server's address is public, one more such policy names it. */
export const retireNetworkPolicySpec = (): ManifestOf<k8s.types.input.networking.v1.NetworkPolicy> => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "retire", namespace: servicesNamespace },
  spec: {
    podSelector: { matchLabels: { ...retirePodLabels } },
    policyTypes: ["Egress"],
    egress: [
      {
        to: privateNetworks.map(({ cidr, except }) => ({
          ipBlock: { cidr, ...(except === undefined ? {} : { except: [...except] }) },
        })),
        ports: [{ protocol: "TCP" }],
      },
    ],
  },
});
