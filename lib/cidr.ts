import { isIP, isIPv4 } from "node:net";

/** An IPv4 or IPv6 network. */
export interface Cidr {
  readonly address: string;
  /** Bits. */
  readonly prefix: number;
}

/**
 * The network of `10.0.0.0/8`; undefined for text that is none. An IPv4-mapped one, `::ffff:10.0.0.0/104`, is the IPv4
 * network: on the wire there is no other.
 */
export function parseCidr(text: string): Cidr | undefined {
  const { address = "", digits = "" } = /^(?<address>[^/%]+)\/(?<digits>\d{1,3})$/.exec(text)?.groups ?? {};
  const prefix = Number(digits);
  if (isIP(address) === 0 || prefix > bitsOf(address)) {
    return undefined;
  }
  return isIPv4(address) || prefix < mappedPrefix || numberOf(address) >> 32n !== 0xffffn
    ? { address, prefix }
    : { address: ipv4Text(numberOf(address) & 0xffff_ffffn), prefix: prefix - mappedPrefix };
}

/** Bits of ::ffff:0:0/96. */
const mappedPrefix = 96;

/** Whether every address of `inner` is one of `outer`. */
export function covers(outer: Cidr, inner: Cidr): boolean {
  return isOfFamily(outer, inner) && remainder(inner, [outer]).length === 0;
}

/** Whether every address of a network is in one of these, alone or taken together. */
export function isCovered(network: Cidr, by: readonly Cidr[]): boolean {
  return (
    remainder(
      network,
      by.filter((each) => isOfFamily(network, each)),
    ).length === 0
  );
}

/**
 * Whether a network is so wide that it can only mean everybody: no organisation has more than a /8. It is not enough
 * to look for /0, because 0.0.0.0/1 and 128.0.0.0/1 together are the same.
 */
export function isEverybody({ prefix }: Cidr): boolean {
  return prefix < 8;
}

/** Whether a network in CIDR notation holds all of another. Text that is no network holds none and is in none. */
export function containsNetwork(outer: string, inner: string): boolean {
  const [around, within] = [parseCidr(outer), parseCidr(inner)];
  return around !== undefined && within !== undefined && covers(around, within);
}

/** Whether two networks in CIDR notation have an address in common: one of them then holds the other. */
export const networksOverlap = (one: string, other: string): boolean =>
  containsNetwork(one, other) || containsNetwork(other, one);

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = (address: string): number => (isIPv4(address) ? 32 : 128);

const isOfFamily = (one: Cidr, other: Cidr): boolean => isIPv4(one.address) === isIPv4(other.address);

/** The rest of a network without others of its family. */
function remainder(network: Cidr, without: readonly Cidr[]): readonly Range[] {
  return without.map(rangeOf).reduce<readonly Range[]>(
    (left, { first, last }) =>
      left.flatMap((range) =>
        [
          { first: range.first, last: range.last < first ? range.last : first - 1n },
          { first: range.first > last ? range.first : last + 1n, last: range.last },
        ].filter((part) => part.first <= part.last),
      ),
    [rangeOf(network)],
  );
}

function rangeOf({ address, prefix }: Cidr): Range {
  const size = 1n << BigInt(bitsOf(address) - prefix);
  const number = numberOf(address);
  const first = number - (number % size);
  return { first, last: first + size - 1n };
}

function numberOf(address: string): bigint {
  return isIPv4(address)
    ? address.split(".").reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
    : groupsOf(address).reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly string[] {
  // A URL's host has no IPv4 notation at its end any more.
  const [head = "", tail = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const [before, after] = [head, tail].map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = 8 - (before?.length ?? 0) - (after?.length ?? 0);
  return [...(before ?? []), ...Array<string>(zeros).fill("0"), ...(after ?? [])];
}

const ipv4Text = (number: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 0xffn).join(".");
