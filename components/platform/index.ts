import * as pulumi from "@pulumi/pulumi";
import { annotated, KubernetesObject } from "../kubernetesObject.ts";
import { annotationKeys } from "../labels.ts";
import type { MarkingOwner } from "../ownerMark.ts";
import { Edge } from "./edge/index.ts";
import { edgeNamespaceSpec } from "./edge/namespace.ts";
import type { GatewaySettings } from "./edge/settings.ts";
import type { PlatformFacts } from "./facts.ts";
import { Guardrails, type GuardrailsArgs } from "./guardrails.ts";

export { edgeOf } from "./edge/settings.ts";
export type { PlatformFacts } from "./facts.ts";
export { outputsVersion, platformOfStack } from "./stackReference.ts";

export interface PlatformArgs {
  readonly facts: PlatformFacts;
  /** Settings of an edge of kind envoyGateway. */
  readonly gateway: GatewaySettings | undefined;
  readonly guardrails: Omit<GuardrailsArgs, "edgeNamespace">;
  /** The platform's owner, for the mark on the edge's namespace. */
  readonly owner: MarkingOwner;
}

/** The objects that the tenants of a cluster share. A cluster has one platform, in a stack of its own or in that of its only cell. */
export class Platform extends pulumi.ComponentResource {
  readonly facts: PlatformFacts;
  /** What tenants' routes wait for, if this stack makes the edge. */
  readonly edgeReady: pulumi.Resource | undefined;

  constructor(name: string, args: PlatformArgs, opts: pulumi.ComponentResourceOptions) {
    super("openclaw:platform:Platform", name, {}, opts);
    this.facts = args.facts;
    const edge = annotated(edgeNamespaceSpec(args.facts.edge), { [annotationKeys.ownedBy]: args.owner.mark });
    const namespace = KubernetesObject.register(`${name}-edge`, edge, { parent: this });
    const { facts, gateway } = args;
    this.edgeReady =
      gateway && new Edge(`${name}-gateway`, { facts, settings: gateway, namespace }, { parent: this }).ready;
    const guardrails = { ...args.guardrails, edgeNamespace: args.facts.edge.namespace };
    new Guardrails(`${name}-guardrails`, guardrails, { parent: this });
    this.registerOutputs({ facts: args.facts });
  }
}
