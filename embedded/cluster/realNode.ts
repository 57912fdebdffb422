import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { chooseNetwork } from "../node/host.ts";
import { startNode } from "../node/index.ts";
import type { NodeParts } from "../node/parts.ts";
import { nodeName, nodePlaceOf } from "../node/place.ts";
import { writeNodeRecord } from "../node/record.ts";
import { standInModelObjects } from "../node/standInModel/objects.ts";
import type { RealNode } from "./configuration.ts";
import { kubectl, type Place } from "./place.ts";

/** Finds a network for the node that a new cluster will have, and remembers it. */
export async function planNode(
  place: Place,
  { image, givenImage, serviceImages }: NodeParts,
): Promise<RealNode> {
  const network = await chooseNetwork(place.home);
  await writeNodeRecord(place.home, { slot: network.slot, image, givenImage, serviceImages });
  return { network, client: place.client };
}

/** Starts the node and waits until it takes pods. @throws UserError if it does not */
export async function runNode(place: Place, progress: Progress, parts: NodeParts): Promise<void> {
  const step = progress.step("node: starting containerd, kubelet and kube-proxy");
  await startNode(place.home, place.folder, place.kubeconfig, parts);
  const ready = await kubectl(place, ["wait", "--for=condition=Ready", `node/${nodeName}`, "--timeout=60s"]);
  if (ready.code !== 0) {
    step.fail();
    const { logs } = nodePlaceOf(place.folder);
    throw new UserError(`The real node does not become ready: ${ready.stderr.trim()}\nLogs: ${logs}`);
  }
  step.done("node: ready, with the images that no registry has");
  await offerModel(place, parts);
}

/** Gives the tenants of a node that runs something to ask. @throws UserError if the cluster refuses it */
export async function offerModel(place: Place, { image }: NodeParts): Promise<void> {
  const objects = JSON.stringify(standInModelObjects(image));
  const { code, stderr } = await kubectl(place, ["apply", "--filename=-"], objects);
  if (code !== 0) {
    throw new UserError(`The stand-in model cannot be set up: ${stderr.trim()}`);
  }
}
