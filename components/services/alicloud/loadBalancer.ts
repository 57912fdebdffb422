import { LoadBalancer } from "@pulumi/alicloud/nlb/loadBalancer.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import type { LoadBalancerFacts } from "../loadBalancer.ts";
import type { ServicePlace } from "../place.ts";

/**
 * The edge's NLB, with an address in every zone: the only way in from the internet. It forwards nothing yet; the edge's
 * Service adds its listeners by the id.
 */
export function createLoadBalancer(
  { name, site, lasting }: ServicePlace,
  cluster: string,
): pulumi.Output<LoadBalancerFacts> {
  const balancer = new LoadBalancer(
    `${name}-edge`,
    {
      loadBalancerName: `${cluster}-edge`,
      loadBalancerType: "Network",
      addressType: "Internet",
      paymentType: "PayAsYouGo",
      crossZoneEnabled: true,
      vpcId: site.vpcId,
      zoneMappings: site.subnets.map(({ zone, id }) => ({ zoneId: zone, vswitchId: id })),
      deletionProtectionConfig: { enabled: true, reason: "domain-names-of-tenants-point-here" },
      modificationProtectionConfig: { status: "ConsoleProtection", reason: "managed-by-openclaw-tenants" },
      tags: cloudTags(),
    },
    lasting,
  );
  return pulumi.all([balancer.id, balancer.dnsName]).apply(([id, host]) => ({ id, host }));
}
