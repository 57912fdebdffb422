import type * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../cluster/cloud.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { MarkingOwner } from "../ownerMark.ts";
import type { ServicesSettings, SharedServices } from "./sharedServices.ts";

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

/** The place of the services, and their owner. */
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

/** The place of a cloud's services; settings/ has refused every cluster that is not in it. */
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
