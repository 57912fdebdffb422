import * as pulumi from "@pulumi/pulumi";
import type { RandomPassword, RandomPasswordArgs } from "@pulumi/random";
import { annotated, KubernetesObject } from "../kubernetesObject.ts";
import { annotationKeys } from "../labels.ts";
import type { MarkingOwner } from "../ownerMark.ts";
import { randomText } from "../randomRoot.ts";
import {
  retireAccount,
  retireAccountSpec,
  retireNetworkPolicySpec,
  retireRoleSpec,
} from "./accounts/retireAccount.ts";
import { adminSecretSpec } from "./adminSecret.ts";
import type { ServiceImages } from "./images.ts";
import { servicesNamespace, servicesNamespaceSpec, servicesNetworkPolicySpec } from "./namespace.ts";
import type { ServiceNetwork } from "./networks.ts";
import { type ProvisioningFacts, provisioningScripts, provisioningScriptsSpec } from "./provisioning.ts";

export interface ServicesParts {
  /** Networks of services beside the cluster. */
  readonly networks: readonly ServiceNetwork[];
  /**
   * Random values by the suffix of their names, with their characters. The namespace depends on it: a refused `destroy`
   * keeps what a protected resource depends on, else the next update would make another.
   */
  readonly random: Readonly<Record<string, RandomPasswordArgs>>;
  /** The services' owner, for the mark on their namespace. */
  readonly owner: MarkingOwner;
}

/** The objects in the cluster whoever runs the services: the namespace with their administrators' credentials. */
export abstract class ServicesComponent extends pulumi.ComponentResource {
  readonly namespace = servicesNamespace;

  abstract readonly provisioning: pulumi.Output<ProvisioningFacts>;
  readonly networks: readonly ServiceNetwork[];

  /** The prefix of the parts' names. */
  protected readonly name: string;
  /** The random values, each under the end of its resource's name. */
  private readonly random: ReadonlyMap<string, RandomPassword>;
  private readonly boundary: KubernetesObject;

  constructor(
    type: string,
    name: string,
    { networks, random, owner }: ServicesParts,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, opts);
    this.name = name;
    this.networks = networks;
    this.random = new Map(
      Object.entries(random).map(([suffix, characters]) => [
        suffix,
        randomText(`${name}-${suffix}`, characters, { parent: this }),
      ]),
    );
    const namespace = annotated(servicesNamespaceSpec(), { [annotationKeys.ownedBy]: owner.mark });
    this.boundary = KubernetesObject.register(`${name}-namespace`, namespace, {
      parent: this,
      protect: true,
      retainOnDelete: true,
      dependsOn: [...this.random.values()],
    });
    this.child("network-policy", servicesNetworkPolicySpec(networks));
    this.child("retire-account", retireAccountSpec());
    this.child("retire-network-policy", retireNetworkPolicySpec());
    KubernetesObject.register(`${name}-retire-role`, retireRoleSpec(), { parent: this });
  }

  /** @param caCertificate PEM of the authority that vouches for services in the cluster */
  protected provisioningScripts(
    images: ServiceImages,
    caCertificate?: pulumi.Input<string>,
  ): pulumi.Output<ProvisioningFacts> {
    const spec = provisioningScriptsSpec(provisioningScripts(), caCertificate);
    return this.child("provisioning", spec).id.apply(() => ({
      scripts: spec.metadata.name,
      retireAccount,
      images,
    }));
  }

  /** An object in the namespace, which goes with it. */
  protected child(
    suffix: string,
    manifest: ConstructorParameters<typeof KubernetesObject>[1],
    opts: pulumi.CustomResourceOptions = {},
  ): KubernetesObject {
    return KubernetesObject.register(`${this.name}-${suffix}`, manifest, {
      ...opts,
      parent: this,
      deletedWith: this.boundary,
    });
  }

  /**
   * A service's administrator: its password, and the Secret that it stands in.
   *
   * @param data of the Secret
   * @param type of the Secret
   */
  protected administrator(
    service: string,
    data: (password: string) => Readonly<Record<string, string>>,
    type = "Opaque",
  ): { readonly password: pulumi.Output<string>; readonly secret: KubernetesObject } {
    const password = this.randomValue(adminPasswordSuffix(service));
    return {
      password,
      secret: this.child(`${service}-admin`, adminSecretSpec(service, password.apply(data), type)),
    };
  }

  /** @throws TypeError unless the constructor was told of it */
  protected randomValue(suffix: string): pulumi.Output<string> {
    const made = this.random.get(suffix);
    if (made === undefined) {
      throw new TypeError(`${this.name} has no random ${suffix}: the constructor takes what is random`);
    }
    return made.result;
  }
}

/** The end of the name of a service's administrator's password. */
export const adminPasswordSuffix = (service: string): string => `${service}-admin-password`;
