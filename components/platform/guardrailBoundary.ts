import { annotationKeys } from "../labels.ts";
import { celStrings, type GuardrailRule } from "./admissionPolicy.ts";

/** Users of the control plane itself, which must be able to empty a namespace that is being deleted. */
const controlPlane = [
  "system:apiserver",
  "system:kube-controller-manager",
  "system:serviceaccount:kube-system:namespace-controller",
  "system:serviceaccount:kube-system:generic-garbage-collector",
  "system:serviceaccount:kube-system:resourcequota-controller",
  "system:serviceaccount:kube-system:pvc-protection-controller",
  "system:serviceaccount:kube-system:persistent-volume-binder",
  "system:serviceaccount:kube-system:expand-controller",
];

const message =
  "what bounds a tenant is changed by the deployer alone: change the tenant's file and run pulumi up";

const deployerOnly = (deployers: readonly string[]) => [
  { expression: `request.userInfo.username in ${celStrings([...deployers, ...controlPlane])}`, message },
];

/**
 * Every quota, limit range, network policy, Role and RoleBinding of a tenant's namespace, labelled or not: network policies
 * and rights add up, so a second one would open what the first closes. And the claims that hold its data, against deletion.
 */
export function boundaryRule(deployers: readonly string[]): GuardrailRule {
  return {
    name: "tenant-boundary",
    tenantLabelOn: "namespace",
    resources: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE", "DELETE"],
        resources: ["resourcequotas", "limitranges"],
      },
      {
        apiGroups: ["networking.k8s.io"],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE", "DELETE"],
        resources: ["networkpolicies"],
      },
      {
        apiGroups: ["rbac.authorization.k8s.io"],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE", "DELETE"],
        resources: ["roles", "rolebindings"],
      },
      { apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["persistentvolumeclaims"] },
    ],
    validations: deployerOnly(deployers),
  };
}

const markOf = (object: string): string =>
  `${object}.metadata.?annotations[?"${annotationKeys.ownedBy}"].orValue("")`;

/**
 * The owner's mark of a namespace never changes unseen, whatever has been asked before: only an update that names the mark
 * that was there puts another in its place.
 */
const keepsOwner = {
  expression: `request.operation != "UPDATE" || ${markOf("oldObject")} in ["", ${markOf("object")}, object.metadata.?annotations[?"${annotationKeys.adoptedFrom}"].orValue("")]`,
  message:
    "this tenant's namespace belongs to another stack or state: its owner's mark changes only by an adoption that names it (adopt, in the tenant's file)",
};

/**
 * The namespaces themselves with their labels. The label is looked for before and after the change alike, which
 * only an object selector does: a namespace selector sees the new labels, and taking the label off would pass.
 */
export function namespaceRule(deployers: readonly string[]): GuardrailRule {
  return {
    name: "tenant-namespaces",
    tenantLabelOn: "object",
    resources: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE", "DELETE"],
        // A write to either subresource takes over the labels and annotations it comes with.
        resources: ["namespaces", "namespaces/status", "namespaces/finalize"],
      },
    ],
    validations: [...deployerOnly(deployers), keepsOwner],
  };
}
