import { namespaceName } from "../../components/names.ts";
import { type Cidr, covers, isCovered, isEverybody, parseCidr } from "../../lib/cidr.ts";
import { isTenantsNamespace, kindOf, tenantOf } from "../kubernetes.ts";
import type { ResourceRule } from "../rule.ts";
import { at, computed, items, type Value } from "../values.ts";

interface InternalNetwork {
  readonly cidr: string;
  /** Bits of the widest part of it that a tenant may be let into; none unless given. */
  readonly widestPart?: number;
  /** Whether clouds have their object stores there, spread over all of it. */
  readonly hasObjectStores?: true;
}

/**
 * Networks that are not the public internet and where something listens: private ones, the carrier's (with Alibaba's
 * metadata service 100.100.100.200), link-local ones (with every other cloud's 169.254.169.254), and for IPv6 also
 * NAT64, which leads back to the former. Not taken from the component that writes the policies: a rule that reads the
 * list it checks agrees with it always.
 *
 * Of private networks a tenant may be let into a subnet, of which both clouds make none wider than /16 (IPv6: /64); of the
 * link-local one into single addresses, as a node's DNS cache has one.
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
 */
const internal: readonly InternalNetwork[] = [
  { cidr: "10.0.0.0/8", widestPart: 16 },
  { cidr: "100.64.0.0/10", widestPart: 24, hasObjectStores: true },
  { cidr: "169.254.0.0/16", widestPart: 32, hasObjectStores: true },
  { cidr: "172.16.0.0/12", widestPart: 16 },
  { cidr: "192.168.0.0/16", widestPart: 17 },
  { cidr: "64:ff9b::/96" },
  { cidr: "fc00::/7", widestPart: 64 },
  { cidr: "fe80::/10" },
  { cidr: "64:ff9b:1::/48" },
];

/**
 * Networks no part of which is anywhere a tenant has business: this network, loopback, benchmarking, multicast, reserved;
 * for IPv6 all that stands for IPv4 or for nothing.
 */
const closed: readonly string[] = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "198.18.0.0/15",
  "224.0.0.0/3",
  "::/8",
  "ff00::/8",
];

/** Addresses at which clouds hand out the credentials of the node: Alibaba's, Tencent's, and everybody's. */
const metadataServices: readonly string[] = [
  "100.100.100.200/32",
  "169.254.0.23/32",
  "169.254.169.254/32",
  "fd00:ec2::254/128",
];

export const networkPolicy: ResourceRule = {
  name: "network-policy",
  description:
    "Network policies admit nobody from everywhere, and let tenants out to the internet and to named places only.",
  check: (resource) => {
    if (kindOf(resource) !== "NetworkPolicy") {
      return [];
    }
    const tenant = tenantOf(resource);
    const rules = (direction: string) => items(at(resource.props, "spec", direction));
    return [
      ...rules("ingress").flatMap((rule, index) => ingressProblems(rule, `ingress[${index}]`, tenant)),
      ...rules("egress").flatMap((rule, index) => egressProblems(rule, `egress[${index}]`, tenant)),
    ];
  },
};

function ingressProblems(rule: Value, path: string, tenant: string | undefined): readonly string[] {
  return [
    ...unreadable(at(rule, "from"), path),
    ...(tenant !== undefined && isForEverybody(at(rule, "from"))
      ? [`${path} has no from, which is everybody: name the edge's namespace`]
      : []),
    ...blocksOf(at(rule, "from"))
      .filter(({ network }) => isEverybody(network))
      .map(({ text }) => `${path} admits ${text}, which is everybody: name the namespaces that are meant`),
  ];
}

/** Judges a rule by its destination, whatever its ports are. What is not a tenant's may go into private networks. */
function egressProblems(rule: Value, path: string, tenant: string | undefined): readonly string[] {
  const peers = at(rule, "to");
  const blocks = blocksOf(peers);
  if (tenant === undefined) {
    const wide = blocks.filter(({ network }) => isEverybody(network));
    return [...unreadable(peers, path), ...wide.flatMap((block) => wholeNetworks(block, path))];
  }
  return [
    ...unreadable(peers, path),
    ...(isForEverybody(peers)
      ? [`${path} has no to, which is every address: name what the tenant may reach`]
      : []),
    ...items(peers).flatMap((peer) => namespaceProblems(at(peer, "namespaceSelector"), path, tenant)),
    ...blocks.flatMap((block) => tenantBlockProblems(block, path, isForObjectStores(rule))),
  ];
}

function tenantBlockProblems(block: Block, path: string, toObjectStores: boolean): readonly string[] {
  const { text, network, except } = block;
  if (except === computed || isCovered(network, except)) {
    return [];
  }
  const isObjectStores = internalNetworks.some(
    ({ cidr, hasObjectStores }) => hasObjectStores === true && isSame(cidr, network),
  );
  const whole = toObjectStores && isObjectStores ? [] : wholeNetworks(block, path);
  if (whole.length > 0) {
    return whole;
  }
  const around = internalNetworks.find(({ cidr }) => covers(cidr, network) && !isSame(cidr, network));
  if (around !== undefined && network.prefix < (around.widestPart ?? Number.POSITIVE_INFINITY)) {
    return [`${path} lets into ${text}, a part of ${shownCidr(around.cidr)}: ${remedyOf(around)}`];
  }
  const metadata = metadataNetworks.filter((each) => covers(network, each) && !isCovered(each, except));
  if (metadata.length > 0) {
    const addresses = metadata.map(({ address }) => address).join(", ");
    return [`${path} lets into a cloud's metadata service, ${addresses}, by ${text}: write it under except`];
  }
  return closedNetworks
    .filter((cidr) => covers(cidr, network))
    .map((cidr) => `${path} lets into ${text}, which is in ${shownCidr(cidr)}: leave it out`);
}

const remedyOf = ({ widestPart }: Pick<InternalNetwork, "widestPart">): string =>
  widestPart === undefined ? "leave it out" : `name one of /${widestPart} or smaller`;

/** Whole internal networks, or what its exceptions leave of them, that a block lets into. */
function wholeNetworks({ text, network, except }: Block, path: string): readonly string[] {
  const reached =
    except === computed
      ? []
      : internalNetworks.filter(({ cidr }) => covers(network, cidr) && !isCovered(cidr, except));
  const networks = reached.map(({ cidr }) => shownCidr(cidr)).join(", ");
  return reached.length === 0 ? [] : [`${path} lets into ${networks} by ${text}: write them under except`];
}

/** The one port that object stores serve; a range of ports is none. */
function isForObjectStores(rule: Value): boolean {
  const ports = items(at(rule, "ports"));
  return (
    ports.length > 0 &&
    ports.every(
      (port) =>
        at(port, "protocol") === "TCP" && at(port, "port") === 443 && at(port, "endPort") === undefined,
    )
  );
}

/** Any other label may be another tenant's, now or later; an empty selector selects all. */
function namespaceProblems(selector: Value, path: string, tenant: string): readonly string[] {
  const name = at(selector, "matchLabels", namespaceNameLabel);
  const isNamed = typeof name === "string" && (!isTenantsNamespace(name) || name === namespaceName(tenant));
  return selector === undefined || name === computed || isNamed
    ? []
    : [
        `${path} lets into namespaces that it does not name, or another tenant's: write ${namespaceNameLabel} of the one that is meant`,
      ];
}

/** The API server puts every namespace's name there, and nobody can change it. */
const namespaceNameLabel = "kubernetes.io/metadata.name";

/** An absent or empty list of peers selects all. */
const isForEverybody = (peers: Value): boolean => peers !== computed && items(peers).length === 0;

interface Block {
  readonly text: string;
  readonly network: Cidr;
  readonly except: readonly Cidr[] | typeof computed;
}

/** A network that this rule cannot read, it cannot judge either. */
const unreadable = (peers: Value, path: string): readonly string[] =>
  items(peers).flatMap((peer) => {
    const text = at(peer, "ipBlock", "cidr");
    return typeof text === "string" && parseCidr(text) === undefined
      ? [`${path} names ${JSON.stringify(text)}, which is no network: write one such as 203.0.113.0/24`]
      : [];
  });

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

const shownCidr = ({ address, prefix }: Cidr): string => `${address}/${prefix}`;

const isSame = (one: Cidr, other: Cidr): boolean => covers(one, other) && covers(other, one);

const parsed = (text: string): Cidr[] => [parseCidr(text) ?? []].flat();
const internalNetworks = internal.flatMap(({ cidr, ...rest }) =>
  parsed(cidr).map((network) => ({ ...rest, cidr: network })),
);
const closedNetworks = closed.flatMap(parsed);
const metadataNetworks = metadataServices.flatMap(parsed);
