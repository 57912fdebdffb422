import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { createSecurityGroup, type SecurityRules } from "../../cluster/tke/network.ts";
import { ClbInstance } from "../../tencentcloud/clb.ts";
import type { LoadBalancerFacts } from "../loadBalancer.ts";
import type { ServicePlace } from "../place.ts";
import type { TencentCloudServicesSettings } from "./settings.ts";

/**
 * The edge's CLB, with a standby in another zone: the only way in from the internet. It forwards nothing yet; the
 * edge's Service adds its listeners by the id.
 */
export function createLoadBalancer(
  { name, site, options, lasting }: ServicePlace,
  cluster: string,
  { loadBalancer }: TencentCloudServicesSettings,
): pulumi.Output<LoadBalancerFacts> {
  const [main, standby] = site.subnets;
  if (main === undefined || standby === undefined) {
    throw new RangeError("a load balancer over two zones needs two zones");
  }
  const group = createSecurityGroup(
    `${name}-edge-access`,
    { name: `${cluster}-edge`, ...edgeRules },
    options,
  );
  const balancer = new ClbInstance(
    `${name}-edge`,
    {
      // Must be the only one of the account in the region: the provider refuses a second, its own lost one too.
      clbName: `${cluster}-edge`,
      networkType: "OPEN",
      vpcId: site.vpcId,
      securityGroups: [group],
      loadBalancerPassToTarget: true,
      internetChargeType: "TRAFFIC_POSTPAID_BY_HOUR",
      internetBandwidthMaxOut: loadBalancer.egressMbps,
      masterZoneId: main.zone,
      slaveZoneId: standby.zone,
      deleteProtect: true,
      tags: cloudTags(),
    },
    lasting,
  );
  return pulumi.all([balancer.id, balancer.domain, balancer.clbVips]).apply(([id, domain, [address]]) => ({
    id,
    // Those of a fixed address have no name.
    host: domain || (address ?? ""),
  }));
}

/** The one thing that the internet may reach. */
const edgeRules: SecurityRules = {
  description: "The edge of OpenClaw tenants",
  ingresses: [
    { action: "ACCEPT", cidrBlock: "0.0.0.0/0", protocol: "TCP", port: "80,443", description: "browsers" },
  ],
  egresses: [
    { action: "ACCEPT", cidrBlock: "0.0.0.0/0", protocol: "ALL", port: "ALL", description: "answers" },
  ],
};
