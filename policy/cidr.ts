import { BlockList, isIP, isIPv4 } from "node:net";

/** An IPv4 or IPv6 network. */
export interface Cidr {
  readonly address: string;
  /** Bits. */
  readonly prefix: number;
}

/** The network of `10.0.0.0/8`; undefined for text that is none. */
export function parseCidr(text: string): Cidr | undefined {
  const { address = "", prefix = "" } = /^(?<address>[^/]+)\/(?<prefix>\d{1,3})$/.exec(text)?.groups ?? {};
  if (isIP(address) === 0 || Number(prefix) > (isIPv4(address) ? 32 : 128)) {
    return undefined;
  }
  return { address, prefix: Number(prefix) };
}

/** Whether every address of `inner` is one of `outer`. */
export function covers(outer: Cidr, inner: Cidr): boolean {
  if (isIPv4(outer.address) !== isIPv4(inner.address) || outer.prefix > inner.prefix) {
    return false;
  }
  const family = isIPv4(outer.address) ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(outer.address, outer.prefix, family);
  return block.check(inner.address, family);
}

/**
 * Whether a network is so wide that it can only mean everybody: no organisation has more than a /8. It is not enough
 * to look for /0, because 0.0.0.0/1 and 128.0.0.0/1 together are the same.
 */
export function isEverybody({ prefix }: Cidr): boolean {
  return prefix < 8;
}
