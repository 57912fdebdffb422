import type * as pulumi from "@pulumi/pulumi";
import type { IdentityProvider } from "../../cluster/cloud.ts";
import type { CacheFacts } from "../cache.ts";
import { type DatabaseFacts, databaseAdmin } from "../database.ts";
import { serviceImages } from "../images.ts";
import type { LoadBalancerFacts } from "../loadBalancer.ts";
import { adminPasswords, databaseNetworks, ManagedServices, type ManagedSite } from "../managed.ts";
import type { ObjectStoreFacts } from "../objectStore.ts";
import type { ProvisioningFacts } from "../provisioning.ts";
import type { SharedServices } from "../sharedServices.ts";
import { createCache } from "./cache.ts";
import { createDatabase } from "./database.ts";
import { createLoadBalancer } from "./loadBalancer.ts";
import { createObjectStore, objectStoreNetworks } from "./objectStore.ts";
import type { AlicloudServicesSettings } from "./settings.ts";

export interface AlicloudServicesArgs extends ManagedSite {
  readonly settings: AlicloudServicesSettings;
  /** Name of the cluster, and so of what stands beside it. */
  readonly cluster: string;
}

/** The longest password that RDS and Tair accept. */
const passwordLength = 32;

/** RDS, Tair, OSS and NLB in the cluster's network, encrypted with its key. */
export class AlicloudServices extends ManagedServices implements SharedServices {
  readonly kind = "alicloud";
  readonly database: pulumi.Output<DatabaseFacts>;
  readonly cache: pulumi.Output<CacheFacts>;
  readonly objectStore: pulumi.Output<ObjectStoreFacts>;
  readonly provisioning: pulumi.Output<ProvisioningFacts>;
  readonly loadBalancer: pulumi.Output<LoadBalancerFacts>;
  readonly identityProvider: pulumi.Output<IdentityProvider> | undefined;

  constructor(name: string, args: AlicloudServicesArgs, opts: pulumi.ComponentResourceOptions) {
    const networks = [...databaseNetworks(args.site), ...objectStoreNetworks];
    const random = adminPasswords({ database: passwordLength, cache: passwordLength });
    super("openclaw:platform:AlicloudServices", name, { networks, random, owner: args.owner }, opts);
    const { settings, cluster, site } = args;
    const place = this.place(args);
    this.provisioning = this.provisioningScripts(serviceImages(settings));
    const databasePassword = this.adminPassword("database", { username: databaseAdmin });
    const cachePassword = this.adminPassword("cache", {});

    this.database = createDatabase(place, cluster, settings, databasePassword);
    this.cache = createCache(place, cluster, settings, cachePassword);
    this.objectStore = createObjectStore(place, settings);
    this.loadBalancer = createLoadBalancer(place, cluster);
    this.identityProvider = settings.tenantRoles ? site.identityProvider : undefined;

    const { kind, namespace, database, cache, objectStore, loadBalancer } = this;
    this.registerOutputs({ kind, namespace, database, cache, objectStore, loadBalancer });
  }
}
