import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { CloudSite } from "../cluster/cloud.ts";
import { KubernetesObject } from "../kubernetesObject.ts";
import { adminSecretSpec } from "./adminSecret.ts";
import type { ServicePlace } from "./servicePlace.ts";
import { servicesNamespace, servicesNamespaceSpec, servicesNetworkPolicySpec } from "./servicesNamespace.ts";

/** Where a cloud's services stand. */
export interface ManagedSite {
  readonly region: string;
  readonly site: CloudSite;
  /** Of the cloud's resources; the cluster's is among the component's own. */
  readonly provider: pulumi.ProviderResource;
}

/** What is in the cluster of services that a cloud runs: the namespace with their administrators' credentials. */
export abstract class ManagedServices extends pulumi.ComponentResource {
  readonly namespace = servicesNamespace;

  private readonly name: string;
  private readonly wall: KubernetesObject;

  constructor(type: string, name: string, opts: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    this.name = name;
    this.wall = KubernetesObject.register(`${name}-namespace`, servicesNamespaceSpec(), {
      parent: this,
      protect: true,
      retainOnDelete: true,
    });
    KubernetesObject.register(`${name}-network-policy`, servicesNetworkPolicySpec(), {
      parent: this,
      deletedWith: this.wall,
    });
  }

  protected place({ region, site, provider }: ManagedSite): ServicePlace {
    const options = { parent: this, provider };
    return {
      name: this.name,
      region,
      site,
      options,
      lasting: { ...options, protect: true, retainOnDelete: true },
    };
  }

  /**
   * A password of three sorts of characters, as the clouds' databases want it. It stands in a Secret as well.
   *
   * @param beside what else the Secret says
   */
  protected administrator(
    service: string,
    length: number,
    beside: Readonly<Record<string, string>>,
  ): pulumi.Output<string> {
    const { result } = new RandomPassword(
      `${this.name}-${service}-admin-password`,
      { length, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
      { parent: this },
    );
    const data = result.apply((password) => ({ ...beside, password }));
    KubernetesObject.register(`${this.name}-${service}-admin`, adminSecretSpec(service, data), {
      parent: this,
      deletedWith: this.wall,
    });
    return result;
  }
}
