import fc from "fast-check";
import { expect, test } from "vitest";
import { containsNetwork, networksOverlap } from "../../components/cluster/ipv4.ts";

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

test("two networks overlap exactly when one contains the other", () => {
  const network = fc
    .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
    .map(([address, bits]) => `${address}/${bits}`);
  fc.assert(
    fc.property(network, network, (one, other) => {
      expect(networksOverlap(one, other)).toBe(containsNetwork(one, other) || containsNetwork(other, one));
    }),
  );
});
