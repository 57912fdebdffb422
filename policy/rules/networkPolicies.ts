import { type Cidr, covers, isEverybody, parseCidr } from "../cidr.ts";
import { kindOf, tenantOf } from "../kubernetes.ts";
import type { ResourceRule } from "../rule.ts";
import { at, computed, items, type Value } from "../values.ts";

/**
 * Networks that are not the public internet and where something listens: private ones, the carrier's (with Alibaba's
 * metadata service 100.100.100.200), link-local ones (with every other cloud's 169.254.169.254), and for IPv6 also
 * NAT64, which leads back to the former. Not taken from the component that writes the policies: a rule that reads the
 * list it checks agrees with it always.
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
 */
const internal: readonly string[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "64:ff9b::/96",
  "fc00::/7",
  "fe80::/10",
];

export const networkPolicy: ResourceRule = {
  name: "network-policy",
  description: "Network policies admit nobody from everywhere, and let nobody out into private networks.",
  check: (resource) => {
    if (kindOf(resource) !== "NetworkPolicy") {
      return [];
    }
    const isTenants = tenantOf(resource) !== undefined;
    const rules = (direction: string) => items(at(resource.props, "spec", direction));
    return [
      ...rules("ingress").flatMap((rule, index) => ingressProblems(rule, `ingress[${index}]`, isTenants)),
      ...rules("egress").flatMap((rule, index) => egressProblems(rule, `egress[${index}]`, isTenants)),
    ];
  },
};

function ingressProblems(rule: Value, path: string, isTenants: boolean): readonly string[] {
  return [
    ...(isTenants && isForEverybody(at(rule, "from"))
      ? [`${path} has no from, which is everybody: name the edge's namespace`]
      : []),
    ...blocksOf(at(rule, "from"))
      .filter(({ network }) => isEverybody(network))
      .map(({ text }) => `${path} admits ${text}, which is everybody: name the namespaces that are meant`),
  ];
}

/** Ports of databases and of object stores, which clouds keep in private networks. */
const servicePorts: readonly Value[] = [443, 5432];

const isForServices = (rule: Value): boolean => {
  const ports = items(at(rule, "ports"));
  return (
    ports.length > 0 &&
    ports.every(
      (port) =>
        at(port, "protocol") === "TCP" &&
        servicePorts.includes(at(port, "port")) &&
        at(port, "endPort") === undefined,
    )
  );
};

/**
 * A tenant may not be let into a whole private network but on the ports of shared services, others not by way of the
 * whole internet.
 */
function egressProblems(rule: Value, path: string, isTenants: boolean): readonly string[] {
  if (isTenants && isForServices(rule)) {
    return [];
  }
  return [
    ...(isTenants && isForEverybody(at(rule, "to"))
      ? [`${path} has no to, which is every address: name what the tenant may reach`]
      : []),
    ...blocksOf(at(rule, "to"))
      .filter(({ network }) => isTenants || isEverybody(network))
      .flatMap(({ text, network, except }) => {
        const reached = except === computed ? [] : reachedNetworks(network, except);
        return reached.length === 0
          ? []
          : [`${path} lets into ${reached.join(", ")} by ${text}: write them under except`];
      }),
  ];
}

/** An absent or empty list of peers selects all. */
const isForEverybody = (peers: Value): boolean =>
  peers === undefined || (Array.isArray(peers) && peers.length === 0);

interface Block {
  readonly text: string;
  readonly network: Cidr;
  readonly except: readonly Cidr[] | typeof computed;
}

function blocksOf(peers: Value): readonly Block[] {
  return items(peers).flatMap((peer) => {
    const text = at(peer, "ipBlock", "cidr");
    const network = typeof text === "string" ? parseCidr(text) : undefined;
    return typeof text === "string" && network !== undefined
      ? [{ text, network, except: networks(at(peer, "ipBlock", "except")) }]
      : [];
  });
}

function networks(list: Value): Block["except"] {
  const texts = items(list);
  return list === computed || texts.includes(computed)
    ? computed
    : texts.flatMap((text) => (typeof text === "string" ? (parseCidr(text) ?? []) : []));
}

function reachedNetworks(network: Cidr, except: readonly Cidr[]): readonly string[] {
  return internal.filter((text) => {
    const range = parseCidr(text);
    return range !== undefined && covers(network, range) && !except.some((each) => covers(each, range));
  });
}
