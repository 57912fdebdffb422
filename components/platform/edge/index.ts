import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { planNames } from "../../../tenants/plans.ts";
import { KubernetesObject } from "../../kubernetesObject.ts";
import type { PlatformFacts } from "../facts.ts";
import { acceptance, gatewayAcceptance } from "./conditions.ts";
import {
  certificatesJobSpec,
  controllerConfigSpec,
  controllerDeploymentSpec,
  controllerServiceSpec,
} from "./controller.ts";
import {
  clientTrafficPolicySpec,
  closedByDefaultSpec,
  envoyProxySpec,
  gatewayClassSpec,
  gatewaySpec,
  openRoutesSpec,
  redirectSpec,
} from "./gateway.ts";
import { edgeNetworkPolicySpec } from "./networkPolicy.ts";
import { planLimitsSpec, suspendedAnswerSpecs } from "./policies.ts";
import { rightSpecs, serviceAccountSpecs } from "./rights.ts";
import type { GatewaySettings } from "./settings.ts";

export interface EdgeArgs {
  readonly facts: PlatformFacts;
  readonly settings: GatewaySettings;
  /** Made once the edge's namespace is there. */
  readonly namespace: pulumi.Resource;
}

/**
 * The edge by Envoy Gateway: its controller, one Gateway for all tenants, and what applies to every route. What a tenant
 * has here is made with the tenant: components/tenant/route.ts.
 */
export class Edge extends pulumi.ComponentResource {
  /** The last of what a route needs to be taken. One resource: each dependency is written into the state of every route. */
  readonly ready: pulumi.Resource;

  constructor(name: string, { facts, settings, namespace }: EdgeArgs, opts: pulumi.ComponentResourceOptions) {
    super("openclaw:platform:Edge", name, {}, opts);
    const { namespace: place } = facts.edge;
    const create = (
      suffix: string,
      manifest: ConstructorParameters<typeof KubernetesObject>[1],
      options: pulumi.CustomResourceOptions = {},
    ) => KubernetesObject.register(`${name}-${suffix}`, manifest, { parent: this, ...options });
    const after = (...resources: readonly pulumi.Resource[]) => ({ dependsOn: [...resources] });

    const networkPolicy = create("network-policy", edgeNetworkPolicySpec(place), after(namespace));
    const accounts = serviceAccountSpecs(place).map((account) =>
      create(`account-${account.metadata.name}`, account, after(namespace)),
    );
    const rights = rightSpecs(place).map((right) =>
      create(`${right.kind.toLowerCase()}-${right.metadata.name}`, right, after(namespace)),
    );
    const certificates = create(
      "certificates",
      certificatesJobSpec(place, settings),
      after(...accounts, ...rights, networkPolicy),
    );
    const config = controllerConfigSpec(place, settings);
    const checksum = createHash("sha256").update(JSON.stringify(config.data)).digest("hex");
    const controller = create(
      "controller",
      controllerDeploymentSpec(place, settings, checksum),
      after(certificates, create("config", config, after(namespace))),
    );
    create("controller-service", controllerServiceSpec(place), after(namespace));

    const taken = (...resources: readonly pulumi.Resource[]) => ({
      ...acceptance,
      ...after(controller, ...resources),
    });
    const proxies = create("proxies", envoyProxySpec(place, settings), after(namespace));
    const gatewayClass = create("class", gatewayClassSpec(place), taken(proxies));
    const gateway = create("gateway", gatewaySpec(facts, settings.certificate), {
      ...taken(gatewayClass),
      ...(settings.service.type === "LoadBalancer" ? gatewayAcceptance : {}),
    });
    // A policy's status names the Gateway, so each follows it; no route is there before the one that closes all.
    const closed = create("closed-by-default", closedByDefaultSpec(place), taken(gateway));
    create("clients", clientTrafficPolicySpec(facts.edge), taken(gateway));
    const redirect = create("redirect", redirectSpec(facts), taken(closed));
    this.ready = create("open-routes", openRoutesSpec(place), taken(redirect));
    for (const plan of planNames) {
      create(`plan-${plan}`, planLimitsSpec(plan, place), after(gateway));
    }
    for (const answer of suspendedAnswerSpecs(place)) {
      create(answer.metadata.name, answer, after(gateway));
    }
    this.registerOutputs({});
  }
}
