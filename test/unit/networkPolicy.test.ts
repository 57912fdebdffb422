import { BlockList } from "node:net";
import { describe, expect, test } from "vitest";
import type { ServiceFacts } from "../../components/services/sharedServices.ts";
import { networkPolicySpec } from "../../components/tenant/networkPolicy.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";

const spec = (facts = platformFacts) =>
  networkPolicySpec(tenant({ dataServices: false }), facts, inClusterFacts).spec ?? expect.unreachable();

/** Whether the policy lets a pod open a connection to an address outside the cluster's pods. */
function mayReach(address: string): boolean {
  const family = address.includes(":") ? "ipv6" : "ipv4";
  const blocks = (spec().egress ?? [])
    .flatMap((rule) => rule.to ?? [])
    .flatMap(({ ipBlock }) => ipBlock ?? []);
  return blocks.some(
    ({ cidr, except = [] }) => matches([cidr], address, family) && !matches(except, address, family),
  );
}

function matches(cidrs: readonly string[], address: string, family: "ipv4" | "ipv6"): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", prefix = ""] = cidr.split("/");
    if (network.includes(":") === (family === "ipv6")) {
      list.addSubnet(network, Number(prefix), family);
    }
  }
  return list.check(address, family);
}

test("every pod of the namespace is denied by default, both ways", () => {
  expect(spec()).toMatchObject({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
});

test("only the edge's namespace may connect, and only to the gateway's port", () => {
  expect(spec().ingress).toEqual([
    {
      from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "edge" } } }],
      ports: [{ protocol: "TCP", port: 18789 }],
    },
  ]);
});

test("inside the cluster a tenant reaches DNS, the model gateway and the object store, and no other pod", () => {
  const peers = (spec().egress ?? []).flatMap((rule) => rule.to ?? []).filter((peer) => !peer.ipBlock);
  expect(peers.map((peer) => peer.namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"])).toEqual([
    "kube-system",
    "models",
    "openclaw-services",
  ]);
  expect(spec().egress?.[1]?.ports).toEqual([{ protocol: "TCP", port: 4000 }]);
});

test.each(["1.1.1.1", "120.26.0.1", "203.119.0.1", "2400:3200::1"])(
  "the public address %s is reachable",
  (address) => {
    expect(mayReach(address)).toBe(true);
  },
);

test.each([
  ["Alibaba's metadata service", "100.100.100.200"],
  ["the other clouds' metadata service", "169.254.169.254"],
  ["Tencent's metadata service", "169.254.0.23"],
  ["a private network", "10.96.0.1"],
  ["a private network", "172.16.5.4"],
  ["a private network", "192.168.1.1"],
  ["a carrier's network", "100.64.0.1"],
  ["loopback", "127.0.0.1"],
  ["multicast", "224.0.0.1"],
  ["a unique local address", "fd00::1"],
  ["a link-local address", "fe80::1"],
  ["an IPv4-compatible metadata address", "::a9fe:a9fe"],
  ["a metadata address through NAT64", "64:ff9b::a9fe:a9fe"],
])("%s (%s) is not reachable", (_what, address) => {
  expect(mayReach(address)).toBe(false);
});

test("a node-local DNS cache is reachable for DNS where there is one", () => {
  const facts = { ...platformFacts, dns: { ...platformFacts.dns, nodeLocalCidrs: ["169.254.20.10/32"] } };
  const rule = spec(facts).egress?.find(({ to }) =>
    to?.some((peer) => peer.ipBlock?.cidr === "169.254.20.10/32"),
  );
  expect(rule?.ports).toEqual([
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ]);
});

describe("the shared services", () => {
  const ruleTo = (dataServices: boolean, services: ServiceFacts) =>
    networkPolicySpec(tenant({ dataServices }), platformFacts, services).spec?.egress?.slice(2, -1);
  const inCluster = [
    { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "openclaw-services" } } },
  ];
  const tcp = (port: number) => ({ protocol: "TCP", port });

  test("in the cluster are reached at the ports of what the tenant has", () => {
    expect(ruleTo(true, inClusterFacts)).toEqual([{ to: inCluster, ports: [5432, 6379, 7070].map(tcp) }]);
    expect(ruleTo(false, inClusterFacts)).toEqual([{ to: inCluster, ports: [tcp(7070)] }]);
  });

  test("of a cloud are reached in their networks alone, and the metadata service beside them is not", () => {
    const store = {
      to: [{ ipBlock: { cidr: "100.64.0.0/10", except: ["100.100.100.200/32"] } }],
      ports: [tcp(443)],
    };
    const database = { to: [{ ipBlock: { cidr: "10.64.0.0/24" } }], ports: [tcp(5432)] };
    expect(ruleTo(true, managedFacts)).toEqual([database, store]);
    expect(ruleTo(false, managedFacts)).toEqual([store]);
  });
});
