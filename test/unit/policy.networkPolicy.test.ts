import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resource, resourceViolations } from "../fixtures/policyResources.ts";

/** What the rule network-policy says of one way out of a tenant's namespace, or of a namespace of the platform. */
function judged(rule: object, namespace = "tenant-acme"): string[] {
  const labels = { "openclaw.ai/tenant": "acme" };
  const policy = resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", {
    metadata: { name: "it", namespace, labels },
    spec: { egress: [rule] },
  });
  return resourceViolations(policy).map((violation) =>
    violation.replace(/^network-policy: egress\[0\] /, ""),
  );
}

interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

const tcp = (port: number, more: object = {}) => ({ protocol: "TCP", port, ...more });
const https = [tcp(443)];
const everyPort: readonly object[] = [];

const way = (ipBlock: IpBlock, ports: readonly object[] = everyPort) => ({
  to: [{ ipBlock }],
  ...(ports.length === 0 ? {} : { ports }),
});

const carrier = { cidr: "100.64.0.0/10", except: ["100.100.100.200/32"] };
const linkLocal = { cidr: "169.254.0.0/16", except: ["169.254.0.23/32", "169.254.169.254/32"] };

/** What a rule may have for ports says nothing of where it leads. */
const portsOfAllSorts = [
  { what: "on every port", ports: everyPort },
  { what: "for TCP 443", ports: https },
  { what: "for TCP 443 and more", ports: [tcp(443, { endPort: 65_535 })] },
  { what: "for TCP 5432", ports: [tcp(5432)] },
  { what: "for UDP 53", ports: [{ protocol: "UDP", port: 53 }] },
];

describe.for(portsOfAllSorts)("a tenant's way out $what", ({ ports }) => {
  test.for([
    ["10.0.0.0/8", /into 10\.0\.0\.0\/8 by/],
    ["10.0.0.0/9", /a part of 10\.0\.0\.0\/8: name one of \/16/],
    ["10.2.0.0/15", /a part of 10\.0\.0\.0\/8/],
    ["172.16.0.0/12", /into 172\.16\.0\.0\/12 by/],
    ["172.24.0.0/13", /a part of 172\.16\.0\.0\/12/],
    ["192.168.0.0/16", /into 192\.168\.0\.0\/16 by/],
    ["100.96.0.0/11", /a part of 100\.64\.0\.0\/10/],
    ["100.100.100.0/24", /metadata service, 100\.100\.100\.200/],
    ["169.254.20.0/24", /a part of 169\.254\.0\.0\/16: name one of \/32/],
    ["169.254.169.254/32", /metadata service, 169\.254\.169\.254/],
    ["169.254.0.23/32", /metadata service, 169\.254\.0\.23/],
    ["100.100.100.200/32", /metadata service, 100\.100\.100\.200/],
    ["fd00:ec2::254/128", /metadata service, fd00:ec2::254/],
    ["fd00:ec2::/64", /metadata service, fd00:ec2::254/],
    ["127.0.0.1/32", /in 127\.0\.0\.0\/8: leave it out/],
    ["198.18.0.0/16", /in 198\.18\.0\.0\/15/],
    ["239.0.0.0/8", /in 224\.0\.0\.0\/3/],
    ["fc00::/7", /into fc00::\/7 by/],
    ["fd00::/8", /a part of fc00::\/7: name one of \/64/],
    ["fd12:3456:789a::/48", /a part of fc00::\/7/],
    ["fe80::/10", /into fe80::\/10 by/],
    ["fe80::1/128", /a part of fe80::\/10: leave it out/],
    ["64:ff9b::/96", /into 64:ff9b::\/96 by/],
    ["64:ff9b::10.0.0.0/104", /a part of 64:ff9b::\/96: leave it out/],
    ["64:ff9b:1::/64", /a part of 64:ff9b:1::\/48: leave it out/],
    ["::/8", /into 64:ff9b::\/96, 64:ff9b:1::\/48 by/],
    ["::1/128", /in ::\/8/],
    ["ff02::1/128", /in ff00::\/8/],
    ["::ffff:0:0/96", /10\.0\.0\.0\/8, 100\.64/],
    ["::ffff:10.0.0.0/104", /into 10\.0\.0\.0\/8 by/],
    ["::ffff:a00:0/105", /a part of 10\.0\.0\.0\/8/],
    ["::ffff:169.254.169.254/128", /metadata service, 169\.254\.169\.254/],
    ["10.0.0.1", /names "10\.0\.0\.1", which is no network/],
    ["010.0.0.0/8", /which is no network/],
  ] as const)("may not lead into %s", ([cidr, message]) => {
    expect(judged(way({ cidr }, ports))).toEqual([expect.stringMatching(message)]);
  });

  test("may not lead everywhere", () => {
    const refusal = [expect.stringMatching(/^has no to, which is every address/)];
    expect(judged({ ports })).toEqual(refusal);
    expect(judged({ to: [], ports })).toEqual(refusal);
    expect(judged({ to: null, ports })).toEqual(refusal);
  });

  test.for([
    ["every namespace", {}],
    ["every tenant's namespace", { matchExpressions: [{ key: "openclaw.ai/tenant", operator: "Exists" }] }],
    ["namespaces by another label", { matchLabels: { team: "a" } }],
    ["another tenant's namespace", { matchLabels: { "kubernetes.io/metadata.name": "tenant-other" } }],
  ] as const)("may not lead into %s", ([, namespaceSelector]) => {
    const podSelector = { matchLabels: { "k8s-app": "kube-dns" } };
    const refusal = [expect.stringMatching(/write kubernetes\.io\/metadata\.name of the one that is meant/)];
    expect(judged({ to: [{ namespaceSelector }], ports })).toEqual(refusal);
    expect(judged({ to: [{ namespaceSelector, podSelector }], ports })).toEqual(refusal);
  });

  test.for([
    "10.60.1.0/24",
    "10.60.0.0/16",
    "172.16.4.0/22",
    "192.168.128.0/17",
    "169.254.20.10/32",
    "100.80.1.0/24",
    "fd12:3456:789a:1::/64",
    "203.0.113.7/32",
    "::ffff:203.0.113.7/128",
    "11.0.0.0/8",
    "2001:db8::/32",
  ])("may lead into %s", (cidr) => {
    expect(judged(way({ cidr }, ports))).toEqual([]);
  });

  test.for([
    [
      "that its name says",
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "models" } } },
    ],
    ["of its own", { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "tenant-acme" } } }],
    ["that it is in", { podSelector: {} }],
  ] as const)("may lead into the namespace %s", ([, peer]) => {
    expect(judged({ to: [peer], ports })).toEqual([]);
  });

  test("may lead to the internet if every internal network is excepted, in one piece or in several", () => {
    const others = ["100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
    const internet = (...except: string[]) => judged(way({ cidr: "0.0.0.0/0", except }, ports));
    expect(internet("10.0.0.0/8", ...others)).toEqual([]);
    expect(internet("10.0.0.0/9", "10.128.0.0/9", ...others)).toEqual([]);
    expect(internet("10.0.0.0/9", "10.128.0.0/10", "10.192.0.0/11", ...others)).toEqual([
      expect.stringMatching(/into 10\.0\.0\.0\/8 by 0\.0\.0\.0\/0/),
    ]);
  });

  test("leads nowhere where everything is excepted", () => {
    expect(judged(way({ cidr: "10.0.0.0/8", except: ["10.0.0.0/9", "10.128.0.0/9"] }, ports))).toEqual([]);
  });
});

describe("networks in which clouds have their object stores", () => {
  test.for([carrier, linkLocal])("$cidr are open to a tenant for TCP 443, but for metadata", (network) => {
    expect(judged(way(network, https))).toEqual([]);
    expect(judged(way({ cidr: network.cidr }, https))).toEqual([
      expect.stringMatching(/metadata service, .*: write it under except/),
    ]);
    for (const metadata of network.except) {
      const except = network.except.filter((each) => each !== metadata);
      expect(judged(way({ ...network, except }, https))).toHaveLength(1);
    }
  });

  test.for([
    ["every port", everyPort],
    ["every port of TCP", [{ protocol: "TCP" }]],
    ["a range of ports", [tcp(443, { endPort: 65_535 })]],
    ["a range of one port", [tcp(443, { endPort: 443 })]],
    ["another port", [tcp(80)]],
    ["another port as well", [tcp(443), tcp(80)]],
    ["UDP", [{ protocol: "UDP", port: 443 }]],
  ] as const)("are not open for %s", ([, ports]) => {
    for (const network of [carrier, linkLocal]) {
      expect(judged(way(network, ports))).toEqual([expect.stringMatching(/write them under except/)]);
    }
  });
});

test("the platform may go into private networks, and by way of the whole internet into none", () => {
  const platform = "openclaw-services";
  expect(judged(way(carrier), platform)).toEqual([]);
  expect(judged(way({ cidr: "10.0.0.0/8" }, https), platform)).toEqual([]);
  expect(judged(way({ cidr: "0.0.0.0/0" }, https), platform)).toHaveLength(1);
  expect(judged(way({ cidr: "everywhere" }), platform)).toEqual([expect.stringMatching(/is no network/)]);
});

describe("of any network", () => {
  const number = (address: string) => address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const text = (value: number) =>
    [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
  const sizeOf = (prefix: number) => 2 ** (32 - prefix);
  const range = (cidr: string) => {
    const [address = "", prefix] = cidr.split("/");
    const size = sizeOf(Number(prefix));
    const first = Math.floor(number(address) / size) * size;
    return { first, last: first + size - 1 };
  };

  /** First addresses of internal networks, of their neighbours, and of metadata services. */
  const landmarks = [
    ...["0.0.0.0", "9.255.255.255", "10.0.0.0", "11.0.0.0", "100.64.0.0", "100.100.100.200", "100.128.0.0"],
    ...["169.254.0.0", "169.254.0.23", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.168.0.0"],
    ...["203.0.113.9"],
  ];
  const cidr = fc
    .tuple(fc.constantFrom(...landmarks), fc.integer({ min: 0, max: 32 }))
    .map(([address, prefix]) => `${text(range(`${address}/${prefix}`).first)}/${prefix}`);
  const block = fc.record({ cidr, except: fc.array(cidr, { maxLength: 7 }) });
  const ports = fc.constantFrom(...portsOfAllSorts.map((each) => each.ports));

  const isIn = (address: number, network: string) =>
    range(network).first <= address && address <= range(network).last;
  const reaches = ({ cidr: network, except }: IpBlock, address: number) =>
    isIn(address, network) && !(except ?? []).some((each) => isIn(address, each));
  /** Points at which what a block reaches may begin or end. */
  const edges = (blocks: readonly string[]) =>
    blocks.flatMap((each) => [
      range(each).first - 1,
      range(each).first,
      range(each).last,
      range(each).last + 1,
    ]);

  test("what is accepted reaches no metadata service", () => {
    const metadata = ["100.100.100.200", "169.254.0.23", "169.254.169.254"].map(number);
    fc.assert(
      fc.property(block, ports, (each, some) => {
        fc.pre(judged(way(each, some)).length === 0);
        expect(metadata.filter((address) => reaches(each, address))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("what is accepted reaches two ends of a private network by no block", () => {
    const ends = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    fc.assert(
      fc.property(block, ports, (each, some) => {
        fc.pre(judged(way(each, some)).length === 0);
        for (const end of ends) {
          const { first, last } = range(end);
          const reached = edges([end, each.cidr, ...each.except]).filter(
            (address) => isIn(address, end) && reaches(each, address),
          );
          const spread = Math.max(...reached, 0) - Math.min(...reached, Number.MAX_SAFE_INTEGER);
          expect(spread, `${JSON.stringify(each)} in ${end}`).toBeLessThan(Math.min(65_536, last - first));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("a network is judged the same as IPv4 and as IPv4 in IPv6", () => {
    const mapped = (network: string) => {
      const [address, prefix] = network.split("/");
      return `::ffff:${address}/${96 + Number(prefix)}`;
    };
    fc.assert(
      fc.property(block, ports, ({ cidr: network, except }, some) => {
        const one = judged(way({ cidr: network, except }, some));
        const other = judged(way({ cidr: mapped(network), except: except.map(mapped) }, some));
        expect(other.length).toBe(one.length);
      }),
    );
  });
});
