import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { UserError } from "../../lib/terminal/errors.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { kubernetesNode, networkPolicyPrograms, standIns } from "../binaries/catalogue.ts";
import { binaryPath } from "../binaries/index.ts";
import { packageEnvironment } from "../debian/packages.ts";
import { createCgroup, removeCgroup } from "./cgroups.ts";
import { containerdConfiguration } from "./containerd.ts";
import { connectHost, disconnectHost, stopForwarding } from "./host.ts";
import { nodeKubeconfig } from "./kubeconfig.ts";
import { kubeletArguments, kubeletConfiguration, kubeProxyConfiguration } from "./kubelet.ts";
import { createNamespaces, findNamespaces, inside, type Namespaces, startInside } from "./namespaces.ts";
import {
  cniConfiguration,
  type NodeNetwork,
  networkOf,
  nodeRules,
  reachableResolvers,
  uplink,
} from "./network.ts";
import { localProvisioner } from "./objects.ts";
import { type NodeParts, nodePackages } from "./parts.ts";
import { type NodePlace, nodeKindLabel, nodePlaceOf } from "./place.ts";
import { readNodeRecord, removeNodeRecord, writeNodeRecord } from "./record.ts";

/** Programs without which the node does not work, as they are called in its list of processes. */
export const nodeComponents = [
  "node-init",
  "containerd",
  "kubelet",
  "kube-proxy",
  "networkpolicy-enforce",
  "local-volume-controller",
];

/** Milliseconds for a program to do what others wait for. */
const startPatience = 30_000;

/** The enforcer's table, without which pods would be free: embedded/go/networkpolicy/enforce/rules.go. */
const policyTable = "network-policies";

/**
 * Starts the home's node, with the volumes and images that it had. Its processes of before must have ended.
 *
 * @param cluster folder of the home's cluster
 * @param kubeconfig of the cluster, whose API server must answer
 * @throws UserError if a part of it does not start
 */
export async function startNode(
  home: string,
  cluster: string,
  kubeconfig: string,
  parts: NodeParts,
): Promise<void> {
  const record = readNodeRecord(home);
  if (record === undefined) {
    throw new Error(`${home} has no network for its node`);
  }
  const [place, network] = [nodePlaceOf(cluster), networkOf(record.slot)];
  const api = nodeKubeconfig(await readFile(kubeconfig, "utf8"), network.hostAddress);
  await writeFiles(place, network, parts, api);
  await createCgroup(network.name);
  const namespaces = await createNamespaces(place, parts.env);
  const forwarding = await connectHost(network, namespaces.pid, api.port, parts.env);
  await writeNodeRecord(home, { ...record, ...(forwarding === undefined ? {} : { forwarding }) });
  await connectNode(namespaces, network, parts.env);
  await startPrograms(place, network, namespaces, parts);
}

/** Takes away what of the home's node is outside of its folder. Its processes must have been killed. */
export async function removeNode(home: string): Promise<void> {
  const record = readNodeRecord(home);
  if (record === undefined) {
    return;
  }
  const network = networkOf(record.slot);
  await disconnectHost(network, await packageEnvironment(await nodePackages(silentProgress)));
  if (record.forwarding !== undefined) {
    await stopForwarding(record.forwarding);
  }
  await removeCgroup(network.name);
  await removeNodeRecord(home);
}

/** Gives a node that runs the images it lacks, and the home's tenants theirs. */
export async function offerImages(home: string, cluster: string, parts: NodeParts): Promise<void> {
  const record = readNodeRecord(home);
  const namespaces = await findNamespaces(nodePlaceOf(cluster));
  if (record === undefined || namespaces === undefined) {
    throw new Error(`${home} has no node`);
  }
  await importImages(
    namespaces,
    Object.entries(parts.archives),
    programEnvironment(nodePlaceOf(cluster), parts),
  );
  const { image, givenImage, serviceImages } = parts;
  await writeNodeRecord(home, { ...record, image, givenImage, serviceImages });
}

async function writeFiles(
  place: NodePlace,
  network: NodeNetwork,
  { packages }: NodeParts,
  api: { readonly text: string; readonly authority: string },
): Promise<void> {
  await rm(place.bin, { recursive: true, force: true });
  for (const folder of [
    place.bin,
    place.logs,
    place.podLogs,
    place.volumes,
    join(place.configuration, "cni"),
  ]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const programs = {
    "node-init": binaryPath(standIns(), "pause"),
    "local-volume-controller": binaryPath(standIns(), "volume-controller"),
    "networkpolicy-enforce": binaryPath(networkPolicyPrograms(), "networkpolicy-enforce"),
    kubelet: binaryPath(kubernetesNode, "kubelet"),
    "kube-proxy": binaryPath(kubernetesNode, "kube-proxy"),
    ...Object.fromEntries(
      ["containerd", "containerd-shim-runc-v2", "ctr", "runc"].map((name) => [
        name,
        join(packages.root, "usr/bin", name),
      ]),
    ),
  };
  for (const [name, target] of Object.entries(programs)) {
    await symlink(target, join(place.bin, name));
  }
  const authority = join(place.configuration, "ca.crt");
  const cniPlugins = join(packages.root, "usr/lib/cni");
  const resolvers = await machineResolvers();
  const files = {
    "containerd.toml": containerdConfiguration(place, cniPlugins),
    "kubelet.yaml": stringify(kubeletConfiguration(place, network, authority)),
    "kube-proxy.yaml": stringify(kubeProxyConfiguration(place, network)),
    "cni/pods.conflist": JSON.stringify(cniConfiguration(network)),
    "resolv.conf": resolvers.map((address) => `nameserver ${address}\n`).join(""),
    kubeconfig: api.text,
    "ca.crt": api.authority,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(place.configuration, name), text, { mode: 0o600 });
  }
}

/** Name servers of this machine that are not this machine. */
export async function machineResolvers(): Promise<string[]> {
  const candidates = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
  return reachableResolvers(
    await Promise.all(candidates.map((file) => readFile(file, "utf8").catch(() => ""))),
  );
}

async function connectNode(
  namespaces: Namespaces,
  network: NodeNetwork,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const steps = [
    `ip address add ${network.nodeAddress}/30 dev ${uplink}`,
    `ip link set ${uplink} up`,
    `ip route add default via ${network.hostAddress}`,
    "nft -f -",
  ];
  await inside(namespaces, ["sh", "-ec", steps.join("\n")], { env, input: nodeRules(network) });
}

/** Volumes are mounted before the kubelet asks for them; images that no registry has are there before their pods. */
async function startPrograms(
  place: NodePlace,
  network: NodeNetwork,
  namespaces: Namespaces,
  parts: NodeParts,
): Promise<void> {
  const env = programEnvironment(place, parts);
  const start = (program: string, args: readonly string[]) =>
    startInside(namespaces, join(place.bin, program), args, join(place.logs, `${program}.log`), env);
  const configured = (name: string) => join(place.configuration, name);

  await start("local-volume-controller", [
    ...["--kubeconfig", place.kubeconfig, "--provisioner", localProvisioner],
    ...["--folder", place.volumes, "--nodes", `${nodeKindLabel}=real`],
  ]);
  await start("containerd", ["--config", configured("containerd.toml")]);
  await waitUntil(
    namespaces,
    ["ctr", "version"],
    env,
    `containerd does not answer; its log: ${join(place.logs, "containerd.log")}`,
  );
  const [own, ...others] = Object.entries(parts.archives);
  await importImages(namespaces, own === undefined ? [] : [own], env);
  await start("networkpolicy-enforce", [
    ...["--kubeconfig", place.kubeconfig, "--uplink", uplink, "--pods", network.podRange],
  ]);
  await waitUntil(
    namespaces,
    ["nft", "list", "table", "ip", policyTable],
    env,
    `network policies cannot be enforced; the log: ${join(place.logs, "networkpolicy-enforce.log")}`,
  );
  await start("kubelet", kubeletArguments(place, network, configured("kubelet.yaml")));
  await start("kube-proxy", ["--config", configured("kube-proxy.yaml")]);
  await importImages(namespaces, others, env);
}

/** Programs find each other under the names by which they are known as the node's. */
const programEnvironment = ({ bin }: NodePlace, { env }: NodeParts): NodeJS.ProcessEnv => ({
  ...env,
  PATH: `${bin}:${env.PATH}`,
});

/** @throws UserError if the command does not succeed in time */
async function waitUntil(
  namespaces: Namespaces,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  otherwise: string,
): Promise<void> {
  for (const deadline = Date.now() + startPatience; Date.now() < deadline; await sleep(100)) {
    const succeeds = await inside(namespaces, command, { env }).then(
      () => true,
      () => false,
    );
    if (succeeds) {
      return;
    }
  }
  throw new UserError(`real node: ${otherwise}`);
}

/** Imports images into the node, except those of an earlier start. */
async function importImages(
  namespaces: Namespaces,
  archives: readonly (readonly [string, string])[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const ctr = ["ctr", "--namespace", "k8s.io", "images"];
  const { stdout } = await inside(namespaces, [...ctr, "list", "--quiet"], { env });
  const present = new Set(stdout.split("\n"));
  for (const [reference, archive] of archives) {
    if (!present.has(reference)) {
      await inside(namespaces, [...ctr, "import", archive], { env });
    }
  }
}
