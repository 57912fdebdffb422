import { BlockList, isIPv4 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { containsNetwork, networksOverlap, parseCidr } from "../../lib/cidr.ts";

test.each([
  ["10.0.0.0/8", "10.255.255.255/32", true],
  ["10.0.0.0/16", "10.0.128.0/17", true],
  ["10.0.0.0/16", "10.1.0.0/24", false],
  ["10.0.0.0/24", "10.0.0.0/16", false],
  ["192.168.0.0/16", "192.168.0.0/16", true],
  ["0.0.0.0/0", "255.255.255.255/32", true],
])("%s contains %s: %s", (outer, inner, contains) => {
  expect(containsNetwork(outer, inner)).toBe(contains);
});

test.each([
  ["10.0.0.0/24", "10.0.1.0/24", false],
  ["10.0.0.0/23", "10.0.1.0/24", true],
  ["172.16.0.0/12", "172.31.255.0/24", true],
  ["172.16.0.0/12", "172.32.0.0/16", false],
])("%s and %s overlap: %s", (one, other, overlap) => {
  expect(networksOverlap(one, other)).toBe(overlap);
  expect(networksOverlap(other, one)).toBe(overlap);
});

/** Node's own arithmetic, which knows single addresses. */
function holds(network: string, address: string): boolean {
  const [base = "", bits = ""] = network.split("/");
  const list = new BlockList();
  list.addSubnet(base, Number(bits), isIPv4(base) ? "ipv4" : "ipv6");
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

test.each([
  ["IPv4", fc.ipV4(), 32],
  // An IPv4-mapped address is one of IPv4's: policy.values.test.ts.
  ["IPv6", fc.ipV6().filter((address) => !isIPv4(parseCidr(`${address}/128`)?.address ?? "")), 128],
] as const)(
  "networks of %s overlap exactly when one has an address that the other was named by",
  (_, ip, most) => {
    const network = fc.tuple(ip, fc.integer({ min: 0, max: most }));
    fc.assert(
      fc.property(network, network, ([a, aBits], [b, bBits]) => {
        const [one, other] = [`${a}/${aBits}`, `${b}/${bBits}`];
        expect(networksOverlap(one, other)).toBe(holds(one, b) || holds(other, a));
        expect(containsNetwork(one, other)).toBe(holds(one, b) && aBits <= bBits);
      }),
    );
  },
);

test.each([
  "10.0.0.0/33",
  "10.0.0.1",
  "everything",
  "",
  "x/10.0.0.0/8",
  "10.0.0.0/8/8",
  "10.0.0.0/8x",
  " 10.0.0.0/8",
])("%j is no network: it holds none and is in none", (text) => {
  expect(containsNetwork(text, "10.0.0.0/8")).toBe(false);
  expect(containsNetwork("0.0.0.0/0", text)).toBe(false);
  expect(networksOverlap(text, text)).toBe(false);
});
