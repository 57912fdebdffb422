import * as pulumi from "@pulumi/pulumi";
import { KubernetesObject } from "../kubernetesObject.ts";
import { edgeNamespaceSpec } from "./edge.ts";
import type { PlatformFacts } from "./facts.ts";
import { Guardrails, type GuardrailsArgs } from "./guardrails.ts";

export type { PlatformFacts } from "./facts.ts";
export { outputsVersion, platformOfStack } from "./stackReference.ts";

export interface PlatformArgs {
  readonly facts: PlatformFacts;
  readonly guardrails: Omit<GuardrailsArgs, "edgeNamespace">;
}

/** What the tenants of a cluster share. A cluster has one, in a stack of its own or in that of its only cell. */
export class Platform extends pulumi.ComponentResource {
  readonly facts: PlatformFacts;

  constructor(name: string, args: PlatformArgs, opts: pulumi.ComponentResourceOptions) {
    super("openclaw:platform:Platform", name, {}, opts);
    this.facts = args.facts;
    KubernetesObject.register(`${name}-edge`, edgeNamespaceSpec(args.facts.edge), { parent: this });
    const guardrails = { ...args.guardrails, edgeNamespace: args.facts.edge.namespace };
    new Guardrails(`${name}-guardrails`, guardrails, { parent: this });
    this.registerOutputs({ facts: args.facts });
  }
}
