import { readFile } from "node:fs/promises";
import { binaryPath, ensureBinaries } from "../../../embedded/binaries/index.ts";
import { packageEnvironment } from "../../../embedded/debian/packages.ts";
import { findNamespaces, inside } from "../../../embedded/node/namespaces.ts";
import { nodePackages } from "../../../embedded/node/parts.ts";
import { nodeName, nodePlaceOf } from "../../../embedded/node/place.ts";
import type { RunResult } from "../../../lib/system/run.ts";
import { terminalProgress } from "../../../lib/terminal/progress.ts";
import type { Kubectl } from "../stack.ts";
import { succeeded } from "../succeeded.ts";
import {
  canaries,
  podName,
  type Surrounding,
  strangerNamespace,
  surroundingPod,
  surroundings,
} from "./pods.ts";
import { attackTool } from "./tool.ts";

/** Where a script can run: inside the attacker's pod, its neighbour's, and pods of the surroundings. */
export type PlaceName = "tenant" | "victim" | Surrounding;

export interface Places {
  readonly facts: Readonly<Record<string, string>>;
  /** Runs a script with the facts as its variables. */
  run(place: PlaceName, script: string): Promise<RunResult>;
}

const toolPath = "/tmp/attack-tool";
const metadataAddresses = ["169.254.169.254", "100.100.100.200"];
const others = Object.keys(surroundings) as Surrounding[];

/**
 * Makes the surroundings and puts the tool everywhere.
 *
 * @param clusterFolder of the home's cluster
 * @param tokens gateway tokens of both tenants, by id
 */
export async function makePlaces(
  kubectl: Kubectl,
  clusterFolder: string,
  { attacker, victim }: { readonly attacker: string; readonly victim: string },
  tokens: Readonly<Record<string, string>>,
): Promise<Places> {
  await ensureBinaries([attackTool()], terminalProgress());
  const get = async (...args: string[]) => succeeded(await kubectl(["get", ...args]), args);
  const field = (path: string, ...what: string[]) => get(...what, `--output=jsonpath={${path}}`);

  const namespaces = { tenant: `tenant-${attacker}`, victim: `tenant-${victim}` };
  const image = await field(".items[0].spec.containers[0].image", "pods", `-n=${namespaces.victim}`);
  for (const namespace of new Set(others.map((place) => surroundings[place].namespace))) {
    // Some are the platform's, and there already.
    await kubectl(["create", "namespace", namespace]);
  }
  const items = others.map((place) => surroundingPod(place, image));
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  succeeded(await kubectl(["create", "-f", "-"], list), ["create"]);
  for (const place of others) {
    const { namespace } = surroundings[place];
    const wait = [
      "wait",
      "--for=condition=Ready",
      `pod/${podName(place)}`,
      `-n=${namespace}`,
      "--timeout=120s",
    ];
    succeeded(await kubectl(wait), wait);
  }

  const target = (place: PlaceName): string[] =>
    place === "tenant" || place === "victim"
      ? ["deploy/openclaw", `--namespace=${namespaces[place]}`]
      : [podName(place), `--namespace=${surroundings[place].namespace}`];
  const address = (place: Surrounding) =>
    field(".status.podIP", "pod", podName(place), `-n=${surroundings[place].namespace}`);
  const endpoint = (at: string) => field(at, "endpoints", "kubernetes", "-n=default");

  const facts: Record<string, string> = {
    TOOL: toolPath,
    RUNTIME: await field(".status.nodeInfo.containerRuntimeVersion", "node", nodeName),
    OWN_TOKEN: tokens[attacker] ?? "",
    VICTIM_TOKEN: tokens[victim] ?? "",
    OWN_SERVICE: await field(".spec.clusterIP", "service", "openclaw", `-n=${namespaces.tenant}`),
    VICTIM_NAMESPACE: namespaces.victim,
    VICTIM_POD: await field(".items[0].status.podIP", "pods", `-n=${namespaces.victim}`),
    VICTIM_SERVICE: await field(".spec.clusterIP", "service", "openclaw", `-n=${namespaces.victim}`),
    VICTIM_NAME: `openclaw.${namespaces.victim}.svc.cluster.local`,
    EDGE: await address("edge"),
    MODELS: await address("models"),
    SERVICES: await address("services"),
    STRANGER: await address("stranger"),
    NODE: await address("node"),
    API: await field(".spec.clusterIP", "service", "kubernetes", "-n=default"),
    API_ENDPOINT: `${await endpoint(".subsets[0].addresses[0].ip")}:${await endpoint(".subsets[0].ports[0].port")}`,
    DNS: await field(".spec.clusterIP", "service", "kube-dns", "-n=kube-system"),
    VICTIM_FILE: await volumeFile(namespaces.victim, clusterFolder, field),
    CANARY_FILE: canaries.file,
    ...Object.fromEntries(others.map((place) => [`CANARY_${place.toUpperCase()}`, canaries[place]])),
  };
  const variables = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
  const run = (place: PlaceName, script: string) =>
    kubectl(["exec", ...target(place), "--", "env", ...variables, "timeout", "150", "sh", "-c", script]);

  const program = (await readFile(binaryPath(attackTool(), "tool"))).toString("base64");
  const install = `base64 -d > ${toolPath} && chmod 755 ${toolPath}`;
  for (const place of ["tenant", "victim", ...others] as const) {
    const command = ["exec", "--stdin", ...target(place), "--", "sh", "-c", install];
    succeeded(await kubectl(command, program), [place, install]);
  }
  await inNode(
    clusterFolder,
    metadataAddresses.map((each) => `ip address replace ${each}/32 dev lo`).join("\n"),
  );
  for (const place of others) {
    for (const at of surroundings[place].serves) {
      const serve = `nohup $TOOL serve ${at} ${canaries[place]} > /dev/null 2>&1 &`;
      succeeded(await run(place, serve), [place, serve]);
    }
  }
  succeeded(await run("victim", `echo "$CANARY_FILE" > /data/state/canary`), ["victim", "canary"]);
  return { facts, run };
}

/** The way to a file of the victim's on the node's disk, which the attacker has guessed right. */
async function volumeFile(
  namespace: string,
  clusterFolder: string,
  field: (path: string, ...what: string[]) => Promise<string>,
): Promise<string> {
  const pod = await field(".items[0].metadata.uid", "pods", `-n=${namespace}`);
  const volume = await field(".spec.volumeName", "pvc", "openclaw-data", `-n=${namespace}`);
  const { kubelet } = nodePlaceOf(clusterFolder);
  return `${kubelet}/pods/${pod}/volumes/kubernetes.io~local-volume/${volume}/state/canary`;
}

/** Takes it all away again: other tests may be next on the same node. */
export async function removePlaces(kubectl: Kubectl, clusterFolder: string): Promise<void> {
  for (const place of others) {
    await kubectl([
      "delete",
      "pod",
      podName(place),
      `--namespace=${surroundings[place].namespace}`,
      "--wait=false",
    ]);
  }
  await kubectl(["delete", "namespace", strangerNamespace, "--wait=false"]);
  await inNode(
    clusterFolder,
    metadataAddresses.map((each) => `ip address delete ${each}/32 dev lo`).join("\n"),
  );
}

async function inNode(clusterFolder: string, script: string): Promise<void> {
  const namespaces = await findNamespaces(nodePlaceOf(clusterFolder));
  if (namespaces === undefined) {
    throw new Error(`no node runs in ${clusterFolder}`);
  }
  const env = await packageEnvironment(await nodePackages(terminalProgress()));
  await inside(namespaces, ["sh", "-ec", script], { env });
}
