import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { RedisInstance, type RedisInstanceArgs, RedisSsl } from "../../tencentcloud/redis.ts";
import { adminSecretName } from "../adminSecret.ts";
import { type CacheFacts, redisPort } from "../cache.ts";
import type { ServicePlace } from "../place.ts";
import { serviceSecurityGroup } from "./securityGroup.ts";
import type { TencentCloudServicesSettings } from "./settings.ts";

/** Characters: TencentDB for Redis takes no longer password. */
export const cachePasswordLength = 16;

/**
 * TencentDB for Redis over two zones. Its accounts read or write everything, none is limited to a key pattern: it
 * serves the platform, and no tenant gets a credential of it.
 */
export function createCache(
  place: ServicePlace,
  cluster: string,
  { cache }: TencentCloudServicesSettings,
  password: pulumi.Output<string>,
): pulumi.Output<CacheFacts> {
  const { name, site, options, lasting } = place;
  const [main] = site.subnets;
  if (main === undefined) {
    throw new RangeError("a cache needs a subnet");
  }
  const instance = new RedisInstance(
    `${name}-cache`,
    {
      ...cacheSpec(cache),
      name: cluster,
      vpcId: site.vpcId,
      subnetId: main.id,
      availabilityZone: main.zone,
      securityGroups: [serviceSecurityGroup(place, cluster, "cache", redisPort)],
      password,
      tags: cloudTags(),
    },
    // TencentDB for Redis has no deletion protection that the provider could switch on.
    lasting,
  );
  const ssl = new RedisSsl(`${name}-cache-tls`, { instanceId: instance.id, sslConfig: "enabled" }, options);
  return pulumi.all([instance.ip, ssl.id]).apply(([host]) => ({
    host,
    port: redisPort,
    adminSecret: adminSecretName("cache"),
    tls: true,
    tenantAccounts: false,
  }));
}

/** The arguments that do not depend on other resources. */
export const cacheSpec = ({ memoryMiB, replicaZone }: TencentCloudServicesSettings["cache"]) =>
  ({
    chargeType: "POSTPAID",
    // Redis 7.0, standard architecture. Source: API of TencentDB for Redis, CreateInstances, TypeId.
    typeId: 17,
    memSize: memoryMiB,
    redisShardNum: 1,
    redisReplicasNum: 1,
    replicaZoneIds: [replicaZone],
    port: redisPort,
  }) satisfies Partial<RedisInstanceArgs>;
