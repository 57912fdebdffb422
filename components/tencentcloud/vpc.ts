import type * as pulumi from "@pulumi/pulumi";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

type Text = pulumi.Input<string>;

export interface VpcArgs extends Tagged {
  readonly name: Text;
  readonly cidrBlock: Text;
  readonly isMulticast: boolean;
}

export class Vpc extends CloudResource {
  constructor(name: string, args: VpcArgs, opts: CloudResourceOptions) {
    super("vpc", name, args, opts);
  }
}

export interface SubnetArgs extends Tagged {
  readonly name: Text;
  readonly vpcId: Text;
  readonly availabilityZone: Text;
  readonly cidrBlock: Text;
  readonly routeTableId: Text;
  readonly isMulticast: boolean;
}

export class Subnet extends CloudResource {
  constructor(name: string, args: SubnetArgs, opts: CloudResourceOptions) {
    super("subnet", name, args, opts);
  }
}

export interface RouteTableArgs extends Tagged {
  readonly name: Text;
  readonly vpcId: Text;
}

export class RouteTable extends CloudResource {
  constructor(name: string, args: RouteTableArgs, opts: CloudResourceOptions) {
    super("route_table", name, args, opts);
  }
}

export interface RouteTableEntryArgs {
  readonly routeTableId: Text;
  readonly destinationCidrBlock: Text;
  readonly nextType: "NAT";
  readonly nextHub: Text;
  readonly description: Text;
}

export class RouteTableEntry extends CloudResource {
  constructor(name: string, args: RouteTableEntryArgs, opts: CloudResourceOptions) {
    super("route_table_entry", name, args, opts);
  }
}

export interface EipArgs extends Tagged {
  readonly name: Text;
  readonly internetChargeType: "TRAFFIC_POSTPAID_BY_HOUR";
  /** Mbit/s. */
  readonly internetMaxBandwidthOut: number;
}

export class Eip extends CloudResource {
  declare readonly publicIp: pulumi.Output<string>;

  constructor(name: string, args: EipArgs, opts: CloudResourceOptions) {
    super("eip", name, args, opts, { outputs: ["publicIp"] });
  }
}

export interface NatGatewayArgs extends Tagged {
  readonly name: Text;
  readonly vpcId: Text;
  /** Mbit/s. */
  readonly bandwidth: number;
  readonly maxConcurrent: number;
  /** Addresses, not ids. */
  readonly assignedEipSets: readonly Text[];
}

export class NatGateway extends CloudResource {
  constructor(name: string, args: NatGatewayArgs, opts: CloudResourceOptions) {
    super("nat_gateway", name, args, opts);
  }
}

export interface SecurityGroupArgs extends Tagged {
  readonly name: Text;
  readonly description: Text;
}

export class SecurityGroup extends CloudResource {
  constructor(name: string, args: SecurityGroupArgs, opts: CloudResourceOptions) {
    super("security_group", name, args, opts);
  }
}

export interface SecurityGroupRule {
  readonly action: "ACCEPT";
  readonly cidrBlock: string;
  readonly protocol: "TCP" | "ALL";
  /** `ALL`, a port, or ports with commas. */
  readonly port: string;
  readonly description: string;
}

/** All rules of one group; what no rule accepts is dropped. */
export interface SecurityGroupRuleSetArgs {
  readonly securityGroupId: Text;
  readonly ingresses: readonly SecurityGroupRule[];
  readonly egresses: readonly SecurityGroupRule[];
}

export class SecurityGroupRuleSet extends CloudResource {
  constructor(name: string, args: SecurityGroupRuleSetArgs, opts: CloudResourceOptions) {
    super("security_group_rule_set", name, args, opts);
  }
}
