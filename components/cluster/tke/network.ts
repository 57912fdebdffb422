import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import type { CloudResourceOptions } from "../../tencentcloud/resource.ts";
import {
  Eip,
  NatGateway,
  RouteTable,
  RouteTableEntry,
  SecurityGroup,
  type SecurityGroupRule,
  SecurityGroupRuleSet,
  Subnet,
  Vpc,
} from "../../tencentcloud/vpc.ts";
import type { CloudSubnet } from "../cloud.ts";
import type { TkeSettings } from "./settings.ts";

export interface TkeNetwork {
  readonly vpcId: pulumi.Output<string>;
  /** Subnets of the nodes, one a zone, in the order of the settings. */
  readonly nodeSubnets: readonly CloudSubnet[];
  readonly podSubnetIds: readonly pulumi.Output<string>[];
  readonly egressAddresses: readonly pulumi.Output<string>[];
  /** The resource that must exist before a node can reach TKE's registry. */
  readonly wayOut: pulumi.Resource;
  readonly nodeSecurityGroupId: pulumi.Output<string>;
}

/** A VPC that is reached from nowhere, and that everything leaves by a few addresses of its own. */
export function createNetwork(name: string, settings: TkeSettings, opts: CloudResourceOptions): TkeNetwork {
  const { name: cluster, network } = settings;
  const tags = cloudTags();
  const vpc = new Vpc(
    `${name}-vpc`,
    { name: cluster, cidrBlock: network.cidr, isMulticast: false, tags },
    opts,
  );
  const egress = createEgressAddresses(name, settings, opts);
  const { table, wayOut } = createRoutes(name, settings, vpc.id, egress, opts);
  const subnet = (use: "nodes" | "pods", zone: string, cidrBlock: string) =>
    new Subnet(
      `${name}-${use}-${zone}`,
      {
        name: `${cluster}-${use}-${zone}`,
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock,
        routeTableId: table.id,
        isMulticast: false,
        tags,
      },
      opts,
    );
  return {
    vpcId: vpc.id,
    nodeSubnets: network.zones.map(({ id, nodes }) => ({ zone: id, id: subnet("nodes", id, nodes).id })),
    podSubnetIds: network.zones.map(({ id, pods }) => subnet("pods", id, pods).id),
    egressAddresses: egress,
    wayOut,
    nodeSecurityGroupId: createSecurityGroup(
      `${name}-nodes`,
      { name: `${cluster}-nodes`, ...nodeRules(network.cidr) },
      opts,
    ),
  };
}

/** Two, so that one can be given up without everybody who has them on a list being asked first. */
function createEgressAddresses(
  name: string,
  { name: cluster, network }: TkeSettings,
  opts: CloudResourceOptions,
): pulumi.Output<string>[] {
  return [1, 2].map((number) => {
    const eip = new Eip(
      `${name}-egress-${number}`,
      {
        name: `${cluster}-egress-${number}`,
        internetChargeType: "TRAFFIC_POSTPAID_BY_HOUR",
        internetMaxBandwidthOut: network.egressMbps,
        tags: cloudTags(),
      },
      // An address that is given up is somebody else's soon, and on others' lists still.
      { ...opts, protect: true },
    );
    return eip.publicIp;
  });
}

function createRoutes(
  name: string,
  { name: cluster, network }: TkeSettings,
  vpcId: pulumi.Output<string>,
  assignedEipSets: readonly pulumi.Output<string>[],
  opts: CloudResourceOptions,
): { table: RouteTable; wayOut: RouteTableEntry } {
  const tags = cloudTags();
  const gateway = new NatGateway(
    `${name}-nat`,
    {
      name: cluster,
      vpcId,
      bandwidth: network.egressMbps,
      maxConcurrent: 1_000_000,
      assignedEipSets,
      tags,
    },
    opts,
  );
  const table = new RouteTable(`${name}-routes`, { name: cluster, vpcId, tags }, opts);
  const wayOut = new RouteTableEntry(
    `${name}-route-internet`,
    {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      nextType: "NAT",
      nextHub: gateway.id,
      description: "to the internet by the NAT gateway",
    },
    opts,
  );
  return { table, wayOut };
}

/** Whom a security group lets in, and whom it lets its members talk to. */
export interface SecurityRules {
  readonly description: string;
  readonly ingresses: readonly SecurityGroupRule[];
  readonly egresses: readonly SecurityGroupRule[];
}

/** Nodes and pods talk to each other and to the internet; nothing outside the VPC opens a connection to them. */
export const nodeRules = (vpcCidr: string): SecurityRules => ({
  description: "Nodes and pods",
  ingresses: [
    { action: "ACCEPT", cidrBlock: vpcCidr, protocol: "ALL", port: "ALL", description: "inside the VPC" },
  ],
  egresses: [
    { action: "ACCEPT", cidrBlock: "0.0.0.0/0", protocol: "ALL", port: "ALL", description: "by NAT" },
  ],
});

/** @returns the group's id once its rules are in force */
export function createSecurityGroup(
  resource: string,
  { name, description, ingresses, egresses }: SecurityRules & { readonly name: string },
  opts: CloudResourceOptions,
): pulumi.Output<string> {
  const group = new SecurityGroup(resource, { name, description, tags: cloudTags() }, opts);
  const rules = new SecurityGroupRuleSet(
    `${resource}-rules`,
    { securityGroupId: group.id, ingresses, egresses },
    opts,
  );
  return pulumi.all([group.id, rules.id]).apply(([id]) => id);
}
