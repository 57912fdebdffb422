import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { networkPolicyPrograms } from "../../embedded/binaries/catalogue.ts";
import { ensureBinaries } from "../../embedded/binaries/index.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import {
  distinguishedPorts,
  type Judged,
  judge,
  judgeMatrix,
  type Party,
} from "../fixtures/networkPolicies.ts";
import { type Cell, type Live, openCell } from "./cell.ts";
import { container, pod } from "./guarded.ts";

/**
 * The policies that the program has applied, evaluated over everybody to everybody by a real policy engine. Simulated
 * nodes forward no packet: test/node/attack.test.ts tries some of these connections for real.
 */
let cell: Cell;
let parties: Readonly<Record<string, readonly Party[]>>;
let ports: readonly number[];
let matrix: readonly Judged[];

/** The third one's id begins with the first one's. */
const tenants = ["net-a", "net-b", "net-a-2"] as const;

const withDataServices = "net-b";

/** A pod where something of the platform runs, or a stranger does. */
const neighbours = [
  { name: "edge", namespace: "openclaw-edge" },
  { name: "model gateway", namespace: "openclaw-models" },
  { name: "DNS", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  { name: "the system's", namespace: "kube-system" },
  {
    name: "shared service",
    namespace: "openclaw-services",
    labels: { "app.kubernetes.io/name": "postgres" },
  },
  { name: "no namespace of ours", namespace: "net-stranger" },
  // Labels of a pod are whoever's who makes it.
  { name: "posing as DNS", namespace: "net-stranger", labels: { "k8s-app": "kube-dns" } },
] as const;

const own = "net-probe";

const inside = {
  "the API server's Service": "10.96.0.1",
  "a node": "10.10.0.4",
  "a Service": "10.96.200.7",
  "Alibaba's metadata": "100.100.100.200",
  "others' metadata": "169.254.169.254",
  "Tencent's metadata": "169.254.0.23",
  "an office": "192.168.3.4",
  "a VPC": "172.20.1.9",
  loopback: "127.0.0.1",
  "metadata over IPv6": "fd00:ec2::254",
  "a private network by NAT64": "64:ff9b::a00:1",
};
const world = { "a public address": "120.26.0.1", "a public IPv6 address": "2400:3200::1" };

const outside = (addresses: Readonly<Record<string, string>>): Party[] =>
  Object.entries(addresses).map(([name, address]) => ({ name, address }));

beforeAll(async () => {
  await ensureBinaries([networkPolicyPrograms()], terminalProgress());
  cell = await openCell("network-policy");
  for (const tenant of tenants) {
    cell.writeTenant(tenant, { dataServices: tenant === withDataServices });
  }
  await cell.up();
  const namespaces = [...new Set(neighbours.map(({ namespace }) => namespace))];
  await cell.kubectl(["create", "-f", "-"], list(namespaces.map(namespaceObject)));
  const { code, stderr } = await cell.kubectl(["create", "-f", "-"], list(neighbours.map(probe)));
  expect(code, stderr).toBe(0);

  parties = {
    tenants: await Promise.all(
      tenants.map((id) => podParty(id, `tenant-${id}`, "app.kubernetes.io/name=openclaw")),
    ),
    neighbours: await Promise.all(
      neighbours.map(({ name, namespace }, index) => podParty(name, namespace, `${own}=${index}`)),
    ),
    inside: outside(inside),
    world: outside(world),
  };
  ports = distinguishedPorts(await namedPorts());
  matrix = await judgeMatrix(everybody(), everybody(), ports, cell.env);
});
afterAll(async () => {
  for (const namespace of new Set(neighbours.map(({ namespace }) => namespace))) {
    await cell.kubectl(["delete", "pods", "--namespace", namespace, "--selector", own, "--wait=false"]);
  }
  cell.close();
});

const list = (items: readonly object[]) => ({ apiVersion: "v1", kind: "List", items });
const namespaceObject = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
const probe = ({ namespace, ...rest }: (typeof neighbours)[number], index: number) => ({
  ...pod({
    containers: [container({ securityContext: { readOnlyRootFilesystem: true } })],
  }),
  metadata: {
    name: `${own}-${index}`,
    namespace,
    labels: { ...("labels" in rest ? rest.labels : {}), [own]: `${index}` },
  },
});

const everybody = (): Party[] => Object.values(parties).flat();
const namesOf = (group: string): string[] => (parties[group] ?? []).map(({ name }) => name);

/** Waits until it has an address. */
async function podParty(name: string, namespace: string, selector: string): Promise<Party> {
  return vi.waitFor(
    async () => {
      const { items } = await cell.json("get", "pods", "--namespace", namespace, "--selector", selector);
      expect(items).toHaveLength(1);
      const { metadata, status } = items[0];
      expect(status.podIP).toMatch(/\d/);
      return { name, address: status.podIP, pod: `${namespace}/${metadata.name}` };
    },
    { timeout: 30_000, interval: 200 },
  );
}

/** Ports that any policy of the cluster names. */
async function namedPorts(): Promise<number[]> {
  const { items } = await cell.json("get", "networkpolicies", "--all-namespaces");
  const rules = items.flatMap(({ spec }: Live) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]);
  return rules.flatMap(({ ports }: Live) => ports ?? []).map(({ port }: Live) => port);
}

const cells = (from: readonly string[], to: readonly string[]): readonly Judged[] =>
  matrix.filter((each) => from.includes(each.from) && to.includes(each.to));
const ofThese = (judged: readonly Judged[]): string[] =>
  judged
    .filter(({ egress, ingress }) => egress && ingress)
    .map(({ from, to, port, protocol }) => `${from} → ${to} ${protocol} ${port}`)
    .toSorted();

test("each port that a policy names is asked about, and those beside it", () => {
  expect(ports).toEqual(
    expect.arrayContaining([1, 52, 53, 54, 3999, 4000, 4001, 18788, 18789, 18790, 65535]),
  );
});

test("tenants reach each other by no port, and both ends' policies say so", () => {
  const between = cells(tenants, tenants);
  expect(between).toHaveLength(tenants.length * (tenants.length - 1) * ports.length * 2);
  expect(between.filter(({ egress, ingress }) => egress || ingress)).toEqual([]);
});

test("of all pods only the edge's reach a tenant, by the gateway's port alone", () => {
  expect(ofThese(cells(namesOf("neighbours"), tenants))).toEqual(
    tenants.map((tenant) => `edge → ${tenant} TCP 18789`).toSorted(),
  );
});

test("nobody outside the cluster's pods reaches a tenant", () => {
  expect(ofThese(cells([...namesOf("inside"), ...namesOf("world")], tenants))).toEqual([]);
});

test("a tenant reaches names, models and the services that it has, and no other pod", () => {
  expect(ofThese(cells(tenants, namesOf("neighbours")))).toEqual(
    tenants
      .flatMap((tenant) => [
        `${tenant} → DNS TCP 53`,
        `${tenant} → DNS UDP 53`,
        `${tenant} → model gateway TCP 4000`,
        // The object store is where backups go.
        `${tenant} → shared service TCP 7070`,
        ...(tenant === withDataServices
          ? [`${tenant} → shared service TCP 5432`, `${tenant} → shared service TCP 6379`]
          : []),
      ])
      .toSorted(),
  );
});

test("a tenant reaches no private, carrier's or metadata address", () => {
  expect(ofThese(cells(tenants, namesOf("inside")))).toEqual([]);
});

test("a tenant reaches the public internet by every port", () => {
  const toWorld = cells(tenants, namesOf("world"));
  expect(toWorld).toHaveLength(tenants.length * 2 * ports.length * 2);
  expect(toWorld.filter(({ egress, ingress }) => !egress || !ingress)).toEqual([]);
});

test("shared services are reached by nobody but tenants from outside their namespace", () => {
  const others = new Set<string>([...tenants, "shared service"]);
  const senders = everybody().flatMap(({ name }) => (others.has(name) ? [] : [name]));
  expect(ofThese(cells(senders, ["shared service"]))).toEqual([]);
});

test("where no policy is, every connection comes about: what is refused above is refused by policies", () => {
  const free = ["edge", "model gateway", "DNS", "the system's", "no namespace of ours", "posing as DNS"];
  const between = cells(free, free);
  expect(between.length).toBeGreaterThan(0);
  expect(between.filter(({ egress, ingress }) => !egress || !ingress)).toEqual([]);
});

test("the answers follow the cluster's objects: a policy too many lets a neighbour in, one fewer lets it out", async () => {
  const [a, b] = parties.tenants ?? [];
  const connection = { from: a?.address ?? "", to: b?.address ?? "", port: 22, protocol: "TCP" } as const;
  const open = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "too-many", namespace: "tenant-net-b" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
  };
  await cell.kubectl(["create", "-f", "-"], open);
  const policy = ["networkpolicy", "openclaw", "--namespace", "tenant-net-a"];
  const saved = await cell.json("get", ...policy);
  await cell.kubectl(["delete", ...policy]);
  try {
    expect(await judge([connection], cell.env)).toMatchObject([{ egress: true, ingress: true }]);
  } finally {
    await cell.kubectl(["delete", "networkpolicy", "too-many", "--namespace", "tenant-net-b"]);
    const { resourceVersion, uid, ...metadata } = saved.metadata;
    await cell.kubectl(["create", "-f", "-"], { ...saved, metadata });
  }
  expect(await judge([connection], cell.env)).toMatchObject([{ egress: false, ingress: false }]);
});
