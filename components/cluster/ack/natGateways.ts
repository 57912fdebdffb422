import type { ManagedKubernetes } from "@pulumi/alicloud/cs/managedKubernetes.js";
import { getNatGatewaysOutput } from "@pulumi/alicloud/vpc/getNatGateways.js";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "./network.ts";
import type { Place } from "./place.ts";

/**
 * Looks for NAT gateways beside the stack's own once the cluster is there, and warns of each.
 *
 * ACK's API makes one unless it is told not to (CreateCluster, snat_entry), and the provider cannot tell it
 * (docs/ack.md). The way out stays the stack's: its SNAT entries are older than the cluster, and a vSwitch has one.
 */
export function warnOfOtherNatGateways(
  { provider }: Place,
  { vpc, gateway }: Pick<Network, "vpc" | "gateway">,
  cluster: ManagedKubernetes,
): void {
  const found = getNatGatewaysOutput({ vpcId: vpc.id }, { provider, dependsOn: [cluster] });
  pulumi.all([found.ids, gateway.id, vpc.id]).apply(([ids, own, vpcId]) => {
    const warning = otherNatGateways(ids, own, vpcId);
    return warning === undefined ? undefined : pulumi.log.warn(warning, cluster);
  });
}

/** The warning about other NAT gateways of a VPC; none if the stack's is the only one. */
export function otherNatGateways(ids: readonly string[], own: string, vpcId: string): string | undefined {
  const others = ids.filter((id) => id !== own);
  return others.length === 0
    ? undefined
    : `the VPC ${vpcId} has a NAT gateway that is not this stack's, and is paid for: ${others.join(", ")}. ACK may ` +
        "have made it with the cluster. If nothing of yours uses it, delete its SNAT entries, release its addresses " +
        "and then the gateway itself in the VPC console (docs/ack.md, “After the first update”)";
}
