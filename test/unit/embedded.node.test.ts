import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { kwokctlConfiguration } from "../../embedded/cluster/configuration.ts";
import { cgroupHierarchies } from "../../embedded/node/cgroups.ts";
import { containerdConfiguration } from "../../embedded/node/containerd.ts";
import { corefile, dnsObjects } from "../../embedded/node/dns.ts";
import { assertRealNodePossible } from "../../embedded/node/host.ts";
import { nodeKubeconfig } from "../../embedded/node/kubeconfig.ts";
import { kubeletArguments, kubeletConfiguration } from "../../embedded/node/kubelet.ts";
import { networkOf } from "../../embedded/node/network.ts";
import { nodePlaceOf } from "../../embedded/node/place.ts";
import { readNodeRecord, removeNodeRecord, writeNodeRecord } from "../../embedded/node/record.ts";
import { chosenNode, nodesChoice } from "../../ops/stack/nodes.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const network = networkOf(7);
const place = nodePlaceOf("/home/it/cluster");
const ports = {
  etcdPort: 1,
  etcdPeerPort: 2,
  kubeApiserverPort: 3,
  kubeControllerManagerPort: 4,
  kubeSchedulerPort: 5,
  kwokControllerPort: 6,
};

interface Patch {
  readonly name: string;
  readonly extraArgs: readonly { readonly key: string; readonly value: string }[];
}

function flags(configuration: object, component: string): Record<string, string> {
  const { componentsPatches } = configuration as { componentsPatches: Patch[] };
  const args = componentsPatches.find(({ name }) => name === component)?.extraArgs ?? [];
  return Object.fromEntries(args.map(({ key, value }) => [key, value]));
}

test("kwok keeps its hands off a real node", () => {
  expect(flags(kwokctlConfiguration(ports), "kwok-controller")).toEqual({
    "manage-all-nodes": "false",
    "manage-nodes-with-annotation-selector": "kwok.x-k8s.io/node=fake",
  });
});

test("the API server of a real node is known by the addresses that the node and its pods use", () => {
  const client = { certificate: "/pki/admin.crt", key: "/pki/admin.key" };
  const configuration = kwokctlConfiguration(ports, { network, client });
  expect(configuration).toMatchObject({ options: { kubeApiserverCertSANs: ["198.19.7.1", "10.107.0.1"] } });
  expect(flags(configuration, "kube-apiserver")).toMatchObject({
    "service-cluster-ip-range": "10.107.0.0/16",
    "advertise-address": "198.19.7.1",
    "kubelet-preferred-address-types": "InternalIP,Hostname",
  });
});

test("a cluster of simulated nodes is as it was", () => {
  expect(flags(kwokctlConfiguration(ports), "kube-apiserver")).toEqual({
    "service-cluster-ip-range": "10.96.0.0/16",
  });
});

test("the kubelet answers nobody without a certificate, and keeps to the node's own group and folders", () => {
  expect(kubeletConfiguration(place, network, "/ca.crt")).toMatchObject({
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: "/ca.crt" } },
    authorization: { mode: "Webhook" },
    cgroupRoot: "/ocnode7",
    clusterDNS: ["10.107.0.10"],
    podLogsDir: "/home/it/cluster/node/pod-logs",
  });
  expect(kubeletArguments(place, network, "/etc/kubelet.yaml")).toContain(
    "--root-dir=/home/it/cluster/node/kubelet",
  );
});

test("containerd is the node's own", () => {
  const text = containerdConfiguration(place, "/cni");
  expect(text).toContain('root = "/home/it/cluster/node/containerd"');
  expect(text).toContain('BinaryName = "/home/it/cluster/node/bin/runc"');
  expect(text).toContain("restrict_oom_score_adj = true");
});

test("the cluster's DNS has the address that the kubelet tells pods, and asks the world only where it can", () => {
  const service = dnsObjects(network, ["192.0.2.53"]).find(
    (each) => (each as { kind: string }).kind === "Service",
  );
  expect(service).toMatchObject({ spec: { clusterIP: "10.107.0.10", selector: { "k8s-app": "kube-dns" } } });
  expect(corefile(["192.0.2.53"])).toContain("forward . /etc/resolv.conf");
  expect(corefile([])).not.toContain("forward");
});

test("the cluster's DNS has no names of tenants, nor any by address", () => {
  expect(corefile([])).toMatch(/kubernetes cluster\.local \{\s+namespace_labels !openclaw\.ai\/tenant\s+\}/);
});

test("the node's kubeconfig differs in the API server's address alone", () => {
  const config = (server: string) =>
    stringify({
      clusters: [{ name: "it", cluster: { server, "certificate-authority-data": "UEVN" } }],
      users: [],
    });
  expect(nodeKubeconfig(config("https://127.0.0.1:29161"), "198.19.7.1")).toEqual({
    text: config("https://198.19.7.1:29161"),
    authority: "PEM",
    port: 29_161,
  });
});

test("every cgroup hierarchy is found, of either version", () => {
  const mounts =
    "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/pids cgroup rw 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
  expect(cgroupHierarchies(mounts)).toEqual([
    { path: "/sys/fs/cgroup/pids", version: 1 },
    { path: "/sys/fs/cgroup/unified", version: 2 },
  ]);
});

test("a home remembers its node until it is taken away", async () => {
  using home = temporaryFolder();
  expect(readNodeRecord(home.path)).toBeUndefined();
  await writeNodeRecord(home.path, { slot: 7, image: "localhost/openclaw:1" });
  expect(readNodeRecord(home.path)).toEqual({ slot: 7, image: "localhost/openclaw:1" });
  await removeNodeRecord(home.path);
  expect(readNodeRecord(home.path)).toBeUndefined();
});

test("nodes are chosen for the embedded cluster alone", () => {
  const target = (values: object) => targetOf({ stack: "dev", embedded: false, ...values }, "/home/it");
  expect(nodesChoice({ nodes: "real" }, target({}))).toEqual({ nodes: "real", image: undefined });
  expect(() => nodesChoice({ nodes: "imaginary" }, target({}))).toThrow("must be simulated or real");
  expect(() => nodesChoice({ nodes: "real" }, target({ context: "theirs" }))).toThrow("embedded cluster");
});

test("a cluster keeps the kind of nodes that it began with", async () => {
  using home = temporaryFolder({ "cluster/complete": "" });
  const target = targetOf({ stack: "dev", embedded: false }, home.path);
  await expect(chosenNode(target, { nodes: "real" })).rejects.toThrow("has simulated nodes. `npm run down`");
  expect(await chosenNode(target, {})).toBeUndefined();
  await expect(chosenNode(target, { image: "x.example/openclaw:1" })).rejects.toThrow("--nodes real");
});

beforeEach(() => vi.stubEnv("PATH", ""));
afterEach(() => vi.unstubAllEnvs());

test.skipIf(process.platform !== "linux")(
  "a machine that lacks something is told all of it at once",
  async () => {
    const refusal = expect(assertRealNodePossible(["/var/lib/it", "/home/it"])).rejects;
    await refusal.toThrow("the program nsenter on PATH");
    await expect(assertRealNodePossible(["/var/lib/it", "/home/it"])).rejects.toThrow(
      /the program apt-get on PATH.*for \/var\/lib\/it.*--context/s,
    );
    await expect(assertRealNodePossible(["/home/it"])).rejects.not.toThrow("/home/it");
  },
);

test("the image holds the version of OpenClaw that the stack dev names, with Node of the project", () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
  const { dependencies, optionalDependencies } = JSON.parse(read("embedded/images/openclaw/package.json"));
  expect(read("Pulumi.dev.yaml")).toContain(`ghcr.io/openclaw/openclaw:${dependencies.openclaw}\n`);
  expect(optionalDependencies).toEqual(JSON.parse(read("package.json")).optionalDependencies);
});
