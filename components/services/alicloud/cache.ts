import { TairInstance, type TairInstanceArgs } from "@pulumi/alicloud/redis/tairInstance.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { adminSecretName } from "../adminSecret.ts";
import { type CacheFacts, redisPort } from "../cache.ts";
import type { ServicePlace } from "../place.ts";
import type { AlicloudServicesSettings } from "./settings.ts";

/**
 * Tair, compatible with Redis 7, over two zones. Its accounts read or write everything, none is limited to a key
 * pattern: it serves the platform, and no tenant gets a credential of it.
 */
export function createCache(
  { name, site, lasting }: ServicePlace,
  cluster: string,
  { cache }: AlicloudServicesSettings,
  password: pulumi.Output<string>,
): pulumi.Output<CacheFacts> {
  const [main, standby] = site.subnets;
  if (main === undefined || standby === undefined) {
    throw new RangeError("a cache over two zones needs a subnet in the first and another zone");
  }
  const instance = new TairInstance(
    `${name}-cache`,
    {
      ...cacheSpec(cache.instanceClass, site.clientCidrs),
      tairInstanceName: cluster,
      vpcId: site.vpcId,
      vswitchId: main.id,
      zoneId: main.zone,
      secondaryZoneId: standby.zone,
      password,
      tags: cloudTags(),
    },
    // Tair has no deletion protection of its own.
    lasting,
  );
  return pulumi.all([instance.connectionDomain, instance.port]).apply(([host, port]) => ({
    host,
    port: port ?? redisPort,
    adminSecret: adminSecretName("cache"),
    tls: true,
    tenantAccounts: false,
  }));
}

/** The arguments that do not depend on other resources. */
export const cacheSpec = (instanceClass: string, clientCidrs: readonly string[]) =>
  ({
    instanceType: "tair_rdb",
    engineVersion: "7.0",
    instanceClass,
    // The default is a subscription, paid for in advance.
    paymentType: "PayAsYouGo",
    vpcAuthMode: "Open",
    sslEnabled: "Enable",
    securityIps: clientCidrs.join(","),
    // A full cache refuses writes: it holds counters and sessions, which must not vanish.
    config: { "maxmemory-policy": "noeviction" },
    // 02:00 to 03:00 in China.
    maintainStartTime: "18:00Z",
    maintainEndTime: "19:00Z",
  }) satisfies Partial<TairInstanceArgs>;
