import type * as pulumi from "@pulumi/pulumi";
import type { CloudSite } from "../cluster/cloud.ts";
import type { MarkingOwner } from "../ownerMark.ts";
import { adminPasswordSuffix, ServicesComponent } from "./component.ts";
import { postgresPort } from "./database.ts";
import type { ServiceNetwork } from "./networks.ts";
import type { ServicePlace } from "./place.ts";

/** The place of a cloud's services, and their owner. */
export interface ManagedSite {
  readonly owner: MarkingOwner;
  readonly region: string;
  readonly site: CloudSite;
  /** The provider of the cloud's resources; the cluster's is among the component's own. */
  readonly provider: pulumi.ProviderResource;
}

export const databaseNetworks = ({ nodeCidrs }: CloudSite): ServiceNetwork[] =>
  nodeCidrs.map((cidr) => ({ cidr, port: postgresPort }));

/**
 * Passwords of three sorts of characters, as the clouds' databases want them: one that a provider refuses is printed in
 * its error.
 *
 * @param lengths by service
 */
export const adminPasswords = (lengths: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(lengths).map(([service, length]) => [
      adminPasswordSuffix(service),
      { length, minLower: 1, minUpper: 1, minNumeric: 1 },
    ]),
  );

/** Services that a cloud runs beside the cluster. */
export abstract class ManagedServices extends ServicesComponent {
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
   * A service's password of {@link adminPasswords}, which stands in a Secret as well.
   *
   * @param beside what else the Secret says
   */
  protected adminPassword(service: string, beside: Readonly<Record<string, string>>): pulumi.Output<string> {
    return this.administrator(service, (password) => ({ ...beside, password })).password;
  }
}
