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

/** Settings of the shared services: which classes make them, and their sizes. */
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

/** The shared services: one interface, whether the cloud runs them or the cluster does. */
export interface SharedServices {
  readonly kind: ServicesSettings["kind"];
  /** Namespace of what runs in the cluster, and of the Secrets with the administrators' credentials. */
  readonly namespace: string;
  readonly database: pulumi.Input<DatabaseFacts>;
  readonly cache: pulumi.Input<CacheFacts>;
  readonly objectStore: pulumi.Input<ObjectStoreFacts>;
  readonly provisioning: pulumi.Input<ProvisioningFacts>;
  /** The networks of those that stand beside the cluster, to which pods need egress. */
  readonly networks: readonly ServiceNetwork[];
  /** The load balancer in front of the edge; none where the edge's Service makes its own. */
  readonly loadBalancer?: pulumi.Input<LoadBalancerFacts> | undefined;
  /** The identity provider of pods, where every tenant gets a role of its own in the cloud; no role without it. */
  readonly identityProvider?: pulumi.Input<IdentityProvider> | undefined;
}

/** The shared services as another stack reads them. */
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
