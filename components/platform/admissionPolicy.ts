import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../kubernetesObject.ts";
import { labelKeys, managedBy } from "../labels.ts";

export interface GuardrailRule {
  readonly name: string;
  readonly resources: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE")[];
    readonly resources: readonly string[];
  }[];
  /** Whether the label is looked for on the object's namespace or on the object itself, before or after the change. */
  readonly tenantLabelOn: "namespace" | "object";
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly Validation[];
}

export interface Validation {
  /** CEL; false refuses the request. */
  readonly expression: string;
  /** What was wrong and what would be right. */
  readonly message: string;
}

const isTenant = { matchExpressions: [{ key: labelKeys.tenant, operator: "Exists" }] };
const policyName = (rule: GuardrailRule): string => `openclaw-${rule.name}`;
const labels = { "app.kubernetes.io/managed-by": managedBy };

/** Fails closed: a request that the policy cannot be evaluated for is refused. */
export function admissionPolicySpec(
  rule: GuardrailRule,
): ManifestOf<k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicy> {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: policyName(rule), labels },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        ...(rule.tenantLabelOn === "namespace"
          ? { namespaceSelector: isTenant }
          : { objectSelector: isTenant }),
        resourceRules: rule.resources.map((resource) => ({
          apiGroups: [...resource.apiGroups],
          apiVersions: [...resource.apiVersions],
          operations: [...resource.operations],
          resources: [...resource.resources],
        })),
      },
      variables: (rule.variables ?? []).map((variable) => ({ ...variable })),
      validations: rule.validations.map((validation) => ({ ...validation, reason: "Forbidden" })),
    },
  };
}

export function admissionPolicyBindingSpec(
  rule: GuardrailRule,
): ManifestOf<k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBinding> {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: policyName(rule), labels },
    spec: { policyName: policyName(rule), validationActions: ["Deny"] },
  };
}

/** A list of strings as a CEL literal. */
export function celStrings(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}
