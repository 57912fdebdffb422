import * as pulumi from "@pulumi/pulumi";
import { KubernetesObject } from "../kubernetesObject.ts";
import { admissionPolicyBindingSpec, admissionPolicySpec, type GuardrailRule } from "./admissionPolicy.ts";
import { boundaryRule, namespaceRule } from "./guardrailBoundary.ts";
import { ingressHostRule, namespaceHostRule } from "./guardrailHosts.ts";
import { ingressRule, podRule, serviceRule } from "./guardrailWorkloads.ts";

export interface GuardrailsArgs {
  /** Image references must begin with one of these and a slash. */
  readonly allowedRegistries: readonly string[];
  /** Or be one of these: what works for tenants in their namespaces, such as backups. */
  readonly images: readonly string[];
  /** Kubernetes user names that may change what bounds a tenant: whoever runs `pulumi up`. */
  readonly deployers: readonly string[];
  /** Namespace of the edge, which may serve every host: solvers of certificates run there. */
  readonly edgeNamespace: string;
}

/**
 * ValidatingAdmissionPolicies over every namespace labelled as a tenant's: even an object made by hand, or by a
 * tenant that got hold of a credential, cannot leave the tenant's isolation boundary.
 */
export class Guardrails extends pulumi.ComponentResource {
  constructor(name: string, args: GuardrailsArgs, opts: pulumi.ComponentResourceOptions) {
    super("openclaw:platform:Guardrails", name, {}, opts);
    for (const rule of guardrailRules(args)) {
      const policy = KubernetesObject.register(`${name}-${rule.name}`, admissionPolicySpec(rule), {
        parent: this,
      });
      KubernetesObject.register(`${name}-${rule.name}-binding`, admissionPolicyBindingSpec(rule), {
        parent: this,
        dependsOn: policy,
      });
    }
    this.registerOutputs({});
  }
}

export function guardrailRules(args: GuardrailsArgs): readonly GuardrailRule[] {
  return [
    podRule(args.allowedRegistries, args.images),
    serviceRule(),
    ingressRule(),
    boundaryRule(args.deployers),
    namespaceRule(args.deployers),
    namespaceHostRule(),
    ingressHostRule(args.edgeNamespace),
  ];
}
