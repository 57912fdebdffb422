import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../kubernetesObject.ts";
import { labelKeys, managedBy, managedByLabel } from "../labels.ts";

export interface GuardrailRule {
  readonly name: string;
  readonly resources: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE")[];
    readonly resources: readonly string[];
  }[];
  /**
   * Whether the label is looked for on the object's namespace or on the object itself, before or after the change;
   * nowhere unless given: the rule is about everybody's objects.
   */
  readonly tenantLabelOn?: "namespace" | "object";
  /** CEL; false lets the request pass, before anything is validated. */
  readonly conditions?: readonly { readonly name: string; readonly expression: string }[];
  /** Namespaces, one after the other the `params` of the validations: all must hold for each. */
  readonly namespaces?: LabelSelector;
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly Validation[];
}

export interface Validation {
  /** CEL; false refuses the request. */
  readonly expression: string;
  /** The message: what is wrong and what would be right. */
  readonly message: string;
  /** CEL; the message with what only the request tells. */
  readonly messageExpression?: string;
}

interface LabelSelector {
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: "Exists" | "NotIn";
    readonly values?: readonly string[];
  }[];
}

/** Selects what is a tenant's. */
export const isTenant: LabelSelector = { matchExpressions: [{ key: labelKeys.tenant, operator: "Exists" }] };
const policyName = (rule: GuardrailRule): string => `openclaw-${rule.name}`;
const labels = { [managedByLabel]: managedBy };

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
      ...(rule.namespaces === undefined ? {} : { paramKind: { apiVersion: "v1", kind: "Namespace" } }),
      matchConstraints: {
        ...(rule.tenantLabelOn === "namespace" ? { namespaceSelector: selectorSpec(isTenant) } : {}),
        ...(rule.tenantLabelOn === "object" ? { objectSelector: selectorSpec(isTenant) } : {}),
        resourceRules: rule.resources.map((resource) => ({
          apiGroups: [...resource.apiGroups],
          apiVersions: [...resource.apiVersions],
          operations: [...resource.operations],
          resources: [...resource.resources],
        })),
      },
      ...(rule.conditions === undefined
        ? {}
        : { matchConditions: rule.conditions.map((condition) => ({ ...condition })) }),
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
    spec: {
      policyName: policyName(rule),
      ...(rule.namespaces === undefined
        ? {}
        : { paramRef: { selector: selectorSpec(rule.namespaces), parameterNotFoundAction: "Allow" } }),
      validationActions: ["Deny"],
    },
  };
}

const selectorSpec = ({ matchExpressions }: LabelSelector) => ({
  matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
    key,
    operator,
    ...(values === undefined ? {} : { values: [...values] }),
  })),
});

/** A list of strings as a CEL literal. */
export function celStrings(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}
