import type * as pulumi from "@pulumi/pulumi";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

type Text = pulumi.Input<string>;

export interface ClbInstanceArgs extends Tagged {
  readonly clbName: string;
  readonly networkType: "OPEN";
  readonly vpcId: Text;
  readonly securityGroups: readonly Text[];
  /** Only the load balancer's own security group decides, not the nodes' as well. */
  readonly loadBalancerPassToTarget: boolean;
  readonly internetChargeType: "TRAFFIC_POSTPAID_BY_HOUR";
  /** Mbit/s. */
  readonly internetBandwidthMaxOut: number;
  readonly masterZoneId: string;
  readonly slaveZoneId: string;
  readonly deleteProtect: boolean;
}

export class ClbInstance extends CloudResource {
  /** Empty where the address is fixed. */
  declare readonly domain: pulumi.Output<string>;
  declare readonly clbVips: pulumi.Output<string[]>;

  constructor(name: string, args: ClbInstanceArgs, opts: CloudResourceOptions) {
    super("clb_instance", name, args, opts, { outputs: ["domain", "clbVips"] });
  }
}
