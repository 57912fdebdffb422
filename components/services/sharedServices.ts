import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type IdentityProvider, identityProviderSchema } from "../cluster/cloud.ts";
import type { ClusterSettings } from "../cluster/index.ts";
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
