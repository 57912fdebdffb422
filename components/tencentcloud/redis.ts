import type * as pulumi from "@pulumi/pulumi";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

type Text = pulumi.Input<string>;

export interface RedisInstanceArgs extends Tagged {
  readonly name: string;
  readonly availabilityZone: string;
  readonly vpcId: Text;
  readonly subnetId: Text;
  readonly securityGroups: readonly Text[];
  readonly chargeType: "POSTPAID";
  readonly typeId: number;
  /** MiB. */
  readonly memSize: number;
  readonly redisShardNum: number;
  readonly redisReplicasNum: number;
  /** Numbers of the replicas' zones; in the instance's own zone if left out. */
  readonly replicaZoneIds?: readonly number[];
  readonly port: number;
  readonly password: Text;
}

export class RedisInstance extends CloudResource {
  declare readonly ip: pulumi.Output<string>;

  constructor(name: string, args: RedisInstanceArgs, opts: CloudResourceOptions) {
    super("redis_instance", name, args, opts, { outputs: ["ip"], secrets: ["password"] });
  }
}

export interface RedisSslArgs {
  readonly instanceId: Text;
  readonly sslConfig: "enabled";
}

export class RedisSsl extends CloudResource {
  constructor(name: string, args: RedisSslArgs, opts: CloudResourceOptions) {
    super("redis_ssl", name, args, opts);
  }
}
