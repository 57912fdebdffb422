import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultInterface, routeDestinations } from "../../embedded/node/host.ts";
import {
  cniConfiguration,
  freeNetwork,
  hostRules,
  networkOf,
  nodeRules,
  reachableResolvers,
} from "../../embedded/node/network.ts";
import { networksOverlap } from "../../lib/cidr.ts";

const routes = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
ocnode27	001B000A	021B13C6	0003	0	0	0	00FFFFFF	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;

test("a table of routes is read, whose addresses are written backwards", () => {
  expect(routeDestinations(routes)).toEqual(["0.0.0.0/0", "10.0.27.0/24", "192.0.2.0/24"]);
  expect(defaultInterface(routes)).toBe("eth0");
  expect(defaultInterface("Iface\tDestination\n")).toBeUndefined();
});

test("a home gets the same network every time, and another one where a route is in the way", () => {
  const first = freeNetwork("/home/a", []);
  expect(freeNetwork("/home/a", ["0.0.0.0/0"])).toEqual(first);
  for (const range of [first?.podRange, first?.serviceRange, first?.linkRange]) {
    expect(freeNetwork("/home/a", [range ?? ""])?.slot).not.toBe(first?.slot);
  }
});

test("a machine with routes to everything private has no network left", () => {
  expect(freeNetwork("/home/a", ["10.0.0.0/8"])).toBeUndefined();
  expect(freeNetwork("/home/a", ["198.18.0.0/15"])).toBeUndefined();
});

test("a network overlaps with no route, whatever the routes are", () => {
  const part = fc.integer({ min: 0, max: 255 });
  const route = fc
    .tuple(part, part, fc.integer({ min: 8, max: 32 }))
    .map(([b, c, bits]) => `10.${b}.${c}.0/${bits}`);
  fc.assert(
    fc.property(fc.string(), fc.array(route, { maxLength: 30 }), (home, taken) => {
      const network = freeNetwork(home, taken);
      const own = network === undefined ? [] : [network.podRange, network.serviceRange, network.linkRange];
      expect(own.flatMap((range) => taken.filter((other) => networksOverlap(range, other)))).toEqual([]);
    }),
  );
});

test("every slot has ranges of its own, and pods are inside the trusted proxies of Pulumi.dev.yaml", () => {
  const all = Array.from({ length: 99 }, (_, index) => networkOf(index + 1));
  expect(new Set(all.flatMap((each) => [each.podRange, each.serviceRange, each.linkRange])).size).toBe(297);
  expect(all.every(({ podRange, name }) => podRange.startsWith("10.0.") && name.length <= 15)).toBe(true);
});

test("the node reaches the API server of this machine and nothing else of it", () => {
  const rules = hostRules(networkOf(3), 29_161);
  expect(rules).toContain('iifname "ocnode3" ip daddr 198.19.3.1 tcp dport 29161 dnat to 127.0.0.1');
  expect(rules.match(/iifname "ocnode3" (?:ct.*accept|drop)/g)?.at(-1)).toBe('iifname "ocnode3" drop');
});

test("what pods say to each other keeps their addresses", () => {
  expect(nodeRules(networkOf(3))).toContain("ip saddr 10.0.3.0/24 ip daddr != 10.0.3.0/24");
  expect(cniConfiguration(networkOf(3))).toMatchObject({
    plugins: [{ type: "ptp", ipMasq: false, ipam: { ranges: [[{ subnet: "10.0.3.0/24" }]] } }],
  });
});

test("resolvers on loopback are passed over, and so is a file that has no other", () => {
  expect(reachableResolvers(["nameserver 127.0.0.53\n", "nameserver 10.1.1.1\nnameserver ::1\n"])).toEqual([
    "10.1.1.1",
  ]);
  expect(reachableResolvers(["search example\nnameserver 192.0.2.53\n", "nameserver 10.1.1.1\n"])).toEqual([
    "192.0.2.53",
  ]);
  expect(reachableResolvers(["nameserver 127.0.0.1\n", ""])).toEqual([]);
});
