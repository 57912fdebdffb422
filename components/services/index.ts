import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type Cloud, type IdentityProvider, identityProviderSchema } from "../cluster/cloud.ts";
import type { Cluster, ClusterSettings } from "../cluster/index.ts";
import type { MarkingOwner } from "../ownerMark.ts";
import { alicloudServicesSchema } from "./alicloud/settings.ts";
import { type CacheFacts, cacheFactsSchema } from "./cache.ts";
import { type DatabaseFacts, databaseFactsSchema } from "./database.ts";
import { inClusterSettingsSchema } from "./inCluster/settings.ts";
import { type LoadBalancerFacts, loadBalancerFactsSchema } from "./loadBalancer.ts";
import { type ServiceNetwork, serviceNetworkSchema } from "./networks.ts";
import { type ObjectStoreFacts, objectStoreFactsSchema } from "./objectStore.ts";
import { type ProvisioningFacts, provisioningFactsSchema } from "./provisioning.ts";
import { tencentCloudServicesSchema } from "./tencentcloud/settings.ts";

/** Which classes make the shared services, and how large they are. */
export const servicesSettingsSchema = z.discriminatedUnion("kind", [
  inClusterSettingsSchema,
  alicloudServicesSchema,
  tencentCloudServicesSchema,
]);

/** The only kind of cluster that a cloud's services can stand beside; the others go with any. */
export const clusterKindOfServices: Readonly<
  Partial<Record<ServicesSettings["kind"], ClusterSettings["kind"]>>
> = {
  alicloud: "ack",
  tencentcloud: "tke",
};

export type ServicesSettings = z.infer<typeof servicesSettingsSchema>;

/** What keeps the data that tenants share; the same interface whether the cloud runs it or the cluster does. */
export interface SharedServices {
  readonly kind: ServicesSettings["kind"];
  /** Namespace of what runs in the cluster, and of the Secrets with the administrators' credentials. */
  readonly namespace: string;
  readonly database: pulumi.Input<DatabaseFacts>;
  readonly cache: pulumi.Input<CacheFacts>;
  readonly objectStore: pulumi.Input<ObjectStoreFacts>;
  readonly provisioning: pulumi.Input<ProvisioningFacts>;
  /** Where those are that stand beside the cluster: what pods must be let out to. */
  readonly networks: readonly ServiceNetwork[];
  /** In front of the edge; none where the edge's Service makes its own. */
  readonly loadBalancer?: pulumi.Input<LoadBalancerFacts> | undefined;
  /** Who vouches for pods to the cloud, where every tenant gets a role of its own there; no role without it. */
  readonly identityProvider?: pulumi.Input<IdentityProvider> | undefined;
}

/** As another stack reads them. */
export const sharedServicesSchema = z.object({
  kind: z.enum(servicesSettingsSchema.options.map(({ shape }) => shape.kind.value)),
  namespace: z.string(),
  database: databaseFactsSchema,
  cache: cacheFactsSchema,
  objectStore: objectStoreFactsSchema,
  provisioning: provisioningFactsSchema,
  networks: z.array(serviceNetworkSchema),
  loadBalancer: loadBalancerFactsSchema.optional(),
  identityProvider: identityProviderSchema.optional(),
}) satisfies z.ZodType<SharedServices>;

/** The shared services as plain data, once they are known. */
export type ServiceFacts = pulumi.Unwrap<SharedServices>;

/**
 * Makes the shared services that the settings ask for. The classes of a cloud are loaded only where they are needed:
 * a cloud's package takes most of a second to load.
 */
export async function createServices(
  name: string,
  settings: ServicesSettings,
  place: ServicesPlace,
  opts: pulumi.ComponentResourceOptions,
): Promise<SharedServices> {
  const services = await servicesComponent(name, settings, place, opts);
  // Without what else a component carries: it is a stack output.
  const { kind, namespace, database, cache, objectStore, provisioning, networks } = services;
  const { loadBalancer, identityProvider } = services;
  return {
    ...{ kind, namespace, database, cache, objectStore, provisioning, networks },
    ...{ loadBalancer, identityProvider },
  };
}

/** Where services are to stand, and whose they are. */
interface ServicesPlace {
  readonly cluster: Cluster;
  readonly owner: MarkingOwner;
}

async function servicesComponent(
  name: string,
  settings: ServicesSettings,
  { cluster, owner }: ServicesPlace,
  opts: pulumi.ComponentResourceOptions,
): Promise<SharedServices & pulumi.ComponentResource> {
  switch (settings.kind) {
    case "inCluster": {
      const { InClusterServices } = await import("./inCluster/index.ts");
      return new InClusterServices(name, { settings, owner }, opts);
    }
    case "alicloud": {
      const { AlicloudServices } = await import("./alicloud/index.ts");
      const { region, provider, site } = siteOf(cluster, "alicloud");
      const args = { settings, owner, cluster: cluster.name, region, provider, site };
      return new AlicloudServices(name, args, opts);
    }
    case "tencentcloud": {
      const { TencentCloudServices } = await import("./tencentcloud/index.ts");
      const { account, ...site } = siteOf(cluster, "tencentcloud");
      const args = { settings, owner, cluster: cluster.name, account, ...site };
      return new TencentCloudServices(name, args, opts);
    }
  }
}

/** The place of a cloud's services; settings.ts has refused every cluster that is not in it. */
function siteOf<Kind extends Cloud["kind"]>({ name, cloud }: Cluster, kind: Kind) {
  if (!isOf(cloud, kind) || cloud.site === undefined) {
    throw new TypeError(`the cluster ${name} is not of this stack, or not in ${kind}`);
  }
  return { ...cloud, site: cloud.site };
}

const isOf = <Kind extends Cloud["kind"]>(
  cloud: Cloud | undefined,
  kind: Kind,
): cloud is Extract<Cloud, { kind: Kind }> => cloud?.kind === kind;
