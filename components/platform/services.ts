import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type IdentityProvider, identityProviderSchema } from "../cluster/cloud.ts";
import type { Cluster } from "../cluster/index.ts";
import { type CacheFacts, cacheFactsSchema } from "./cache.ts";
import { type DatabaseFacts, databaseFactsSchema } from "./database.ts";
import { inClusterSettingsSchema } from "./inCluster/settings.ts";
import { type ObjectStoreFacts, objectStoreFactsSchema } from "./objectStore.ts";

/** Which classes make the shared services, and how large they are. */
export const servicesSettingsSchema = z.discriminatedUnion("kind", [inClusterSettingsSchema]);

export type ServicesSettings = z.infer<typeof servicesSettingsSchema>;

/** What keeps the data that tenants share; the same interface whether the cloud runs it or the cluster does. */
export interface SharedServices {
  readonly kind: ServicesSettings["kind"];
  /** Namespace of what runs in the cluster, and of the Secrets with the administrators' credentials. */
  readonly namespace: string;
  readonly database: pulumi.Input<DatabaseFacts>;
  readonly cache: pulumi.Input<CacheFacts>;
  readonly objectStore: pulumi.Input<ObjectStoreFacts>;
  /** Who vouches for pods to the cloud, where every tenant gets a role of its own there; no role without it. */
  readonly identityProvider?: pulumi.Input<IdentityProvider> | undefined;
}

/** As another stack reads them. */
export const sharedServicesSchema = z.strictObject({
  kind: z.enum(servicesSettingsSchema.options.map(({ shape }) => shape.kind.value)),
  namespace: z.string(),
  database: databaseFactsSchema,
  cache: cacheFactsSchema,
  objectStore: objectStoreFactsSchema,
  identityProvider: identityProviderSchema.optional(),
}) satisfies z.ZodType<SharedServices>;

/**
 * Makes the shared services that the settings ask for. The classes of a cloud are loaded only where they are needed:
 * a cloud's package takes most of a second to load.
 */
export async function createServices(
  name: string,
  settings: ServicesSettings,
  cluster: Cluster,
  opts: pulumi.ComponentResourceOptions,
): Promise<SharedServices> {
  const services = await servicesComponent(name, settings, cluster, opts);
  // Without what else a component carries: it is a stack output.
  const { kind, namespace, database, cache, objectStore, identityProvider } = services;
  return { kind, namespace, database, cache, objectStore, identityProvider };
}

async function servicesComponent(
  name: string,
  settings: ServicesSettings,
  _cluster: Cluster,
  opts: pulumi.ComponentResourceOptions,
): Promise<SharedServices & pulumi.ComponentResource> {
  switch (settings.kind) {
    case "inCluster": {
      const { InClusterServices } = await import("./inCluster/index.ts");
      return new InClusterServices(name, settings, opts);
    }
  }
}
