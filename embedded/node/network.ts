import { createHash } from "node:crypto";
import { networksOverlap } from "../../lib/cidr.ts";

/**
 * Addresses of one home's node. The node has a network namespace of its own, tied to this machine by a pair of virtual
 * interfaces, so that bridges, routes, service rules and whatever else Kubernetes sets up cannot meet what is there
 * already, or another home's.
 */
export interface NodeNetwork {
  /** Number that everything else follows from, 1 to 99. */
  readonly slot: number;
  /** Name on this machine of its end of the pair, of the table of its rules, and of the node's cgroup. */
  readonly name: string;
  readonly hostAddress: string;
  readonly nodeAddress: string;
  readonly linkRange: string;
  readonly podRange: string;
  readonly serviceRange: string;
  readonly apiServiceAddress: string;
  readonly dnsAddress: string;
}

/** Name of the pair's other end, inside the namespace. */
export const uplink = "uplink";

const slots = 99;
const namePrefix = "ocnode";

/** Whether an interface of this machine leads to a node, of this home or another. */
export const isNodeLink = (name: string): boolean => name.startsWith(namePrefix);

/**
 * Pods are in 10.0.0.0/16, as Pulumi.dev.yaml says of trusted proxies: OpenClaw answers 403 to probes from elsewhere.
 * The link is in 198.18.0.0/15, which is for tests of networks (RFC 2544) and routed nowhere.
 */
export function networkOf(slot: number): NodeNetwork {
  return {
    slot,
    name: `${namePrefix}${slot}`,
    hostAddress: `198.19.${slot}.1`,
    nodeAddress: `198.19.${slot}.2`,
    linkRange: `198.19.${slot}.0/30`,
    podRange: `10.0.${slot}.0/24`,
    serviceRange: `10.${100 + slot}.0.0/16`,
    apiServiceAddress: `10.${100 + slot}.0.1`,
    dnsAddress: `10.${100 + slot}.0.10`,
  };
}

/**
 * The first network that overlaps with no route of this machine, beginning at one that the home decides.
 *
 * @param destinations of the routes: `0.0.0.0/0`, `10.0.3.0/24`
 * @returns undefined if all are taken
 */
export function freeNetwork(home: string, destinations: readonly string[]): NodeNetwork | undefined {
  // Every other route is more specific than the default one.
  const taken = destinations.filter((destination) => !destination.endsWith("/0"));
  const first = createHash("sha256").update(home).digest().readUInt32BE() % slots;
  return Array.from({ length: slots }, (_, index) => networkOf(1 + ((first + index) % slots))).find(
    ({ linkRange, podRange, serviceRange }) =>
      [linkRange, podRange, serviceRange].every((own) => !taken.some((other) => networksOverlap(own, other))),
  );
}

/**
 * Rules on this machine: the node reaches the API server, which listens on loopback, and the world; and nothing else
 * of this machine.
 */
export function hostRules({ name, hostAddress, linkRange }: NodeNetwork, apiServerPort: number): string {
  return `table ip ${name} {
  chain api-server {
    type nat hook prerouting priority dstnat
    iifname "${name}" ip daddr ${hostAddress} tcp dport ${apiServerPort} dnat to 127.0.0.1
  }
  chain world {
    type nat hook postrouting priority srcnat
    ip saddr ${linkRange} oifname != "${name}" masquerade
  }
  chain this-machine {
    type filter hook input priority filter
    iifname "${name}" ct state established,related accept
    iifname "${name}" ct status dnat accept
    iifname "${name}" drop
  }
}
`;
}

/** Rules inside: pods speak to the world with the node's address. */
export function nodeRules({ podRange }: NodeNetwork): string {
  return `table ip openclaw {
  chain world {
    type nat hook postrouting priority srcnat
    ip saddr ${podRange} ip daddr != ${podRange} oifname "${uplink}" masquerade
  }
}
`;
}

/**
 * CNI's configuration: https://www.cni.dev/plugins/current/main/ptp. Each pod has a link of its own to the node and no
 * common bridge, so what pods say to each other passes the node's rules, and nobody can take another's address.
 */
export function cniConfiguration({ podRange }: NodeNetwork): object {
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        // Addresses are forgotten with the node's namespaces, as the pods that had them.
        ipam: {
          type: "host-local",
          dataDir: "/run/cni-addresses",
          ranges: [[{ subnet: podRange }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  };
}

/**
 * resolv.conf for pods that use the node's. A resolver on loopback is this machine's own, and out of reach.
 *
 * @param texts candidates, the preferred first
 */
export function reachableResolvers(texts: readonly string[]): string[] {
  const resolvers = texts.map((text) =>
    [...text.matchAll(/^nameserver\s+(\S+)/gm)].flatMap(([, address = ""]) =>
      /^(127\.|::1$|::ffff:127\.)/.test(address) ? [] : [address],
    ),
  );
  return resolvers.find((list) => list.length > 0) ?? [];
}
