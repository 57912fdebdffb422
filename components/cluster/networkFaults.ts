import { containsNetwork, networksOverlap, parseCidr } from "../../lib/cidr.ts";

interface ClusterNetworks {
  /** The CIDR block of the VPC. */
  readonly cidr: string;
  /** The CIDR block of Services. */
  readonly serviceCidr: string;
  readonly zones: readonly { readonly nodes: string; readonly pods: string }[];
}

/**
 * Networks that overlap or lie outside the VPC: what cannot be mended once the cluster is there. Text that is no network has
 * been refused by its own schema.
 */
export function networkFaults({ cidr, serviceCidr, zones }: ClusterNetworks) {
  const networks = zones.flatMap(({ nodes, pods }, zone) => [
    { path: ["zones", zone, "nodes"], network: nodes },
    { path: ["zones", zone, "pods"], network: pods },
  ]);
  return [
    ...networks
      .filter(({ network }) => [cidr, network].every(parseCidr) && !containsNetwork(cidr, network))
      .map(({ path, network }) => ({ path, message: `${network} is not inside the VPC's ${cidr}` })),
    ...networks.flatMap(({ path, network }, index) =>
      networks
        .slice(0, index)
        .filter((earlier) => networksOverlap(earlier.network, network))
        .map((earlier) => ({ path, message: `${network} overlaps ${earlier.network}` })),
    ),
    ...(networksOverlap(cidr, serviceCidr)
      ? [{ path: ["serviceCidr"], message: `${serviceCidr} overlaps the VPC's ${cidr}` }]
      : []),
  ];
}
