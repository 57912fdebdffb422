import { labelKeys } from "../../components/labels.ts";
import { dnsObjects } from "./dns.ts";
import type { NodeNetwork } from "./network.ts";
import { nodeKindLabel } from "./place.ts";

/** Class and provisioner of volumes on the real node's disk. */
export const localStorageClass = "local";
export const localProvisioner = "local.openclaw.ai";

/** Additions to a cluster with a real node. */
export function nodeObjects(network: NodeNetwork, resolvers: readonly string[]): object {
  return {
    apiVersion: "v1",
    kind: "List",
    items: [storageClass(), ...overcommit(), ...dnsObjects(network, resolvers)],
  };
}

function storageClass(): object {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: localStorageClass },
    provisioner: localProvisioner,
    allowVolumeExpansion: true,
    reclaimPolicy: "Delete",
    // The clouds' classes bind late too. The scheduler chooses the node, of those that the volumes can be reached from.
    volumeBindingMode: "WaitForFirstConsumer",
    allowedTopologies: [{ matchLabelExpressions: [{ key: nodeKindLabel, values: ["real"] }] }],
  };
}

/**
 * One machine stands for a cluster, and the plans of a few tenants ask for more cores than it has. Their pods ask for a
 * twentieth of a core here, whatever their Deployment says; the limits, and memory, stay.
 */
function overcommit(): object[] {
  const name = "trial-node-overcommit";
  return [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicy",
      metadata: { name },
      spec: {
        failurePolicy: "Fail",
        reinvocationPolicy: "Never",
        matchConstraints: {
          namespaceSelector: { matchExpressions: [{ key: labelKeys.tenant, operator: "Exists" }] },
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
          ],
        },
        mutations: [
          {
            patchType: "ApplyConfiguration",
            applyConfiguration: {
              expression: `Object{spec: Object.spec{containers: object.spec.containers.map(c,
  Object.spec.containers{name: c.name, resources: Object.spec.containers.resources{requests: {"cpu": "50m"}}})}}`,
            },
          },
        ],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicyBinding",
      metadata: { name },
      spec: { policyName: name },
    },
  ];
}
