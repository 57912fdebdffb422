import { clusterStatus } from "../cluster/index.ts";
import { ensureNodeParts, type NodeParts } from "../node/parts.ts";
import { readNodeRecord } from "../node/record.ts";
import { UsageError, UserError } from "../terminal/errors.ts";
import type { Progress } from "../terminal/progress.ts";
import { type Target, targetFlags } from "./target.ts";

const nodeKinds = ["simulated", "real"] as const;

/** What the command line says of the embedded cluster's nodes; what it leaves out is as it was. */
export interface NodesChoice {
  readonly nodes?: (typeof nodeKinds)[number] | undefined;
  /** Reference of the OpenClaw image that tenants run on a real node. */
  readonly image?: string | undefined;
}

export const nodesOptions = { nodes: { type: "string" }, image: { type: "string" } } as const;

export const nodesHelp = `  --nodes KIND     of the embedded cluster: simulated (unless given), or real: pods that run, on Linux as root
  --image REF      for real nodes, an OpenClaw image to pull; the one that \`npm run image\` builds unless given`;

export interface NodesValues {
  readonly nodes?: string | undefined;
  readonly image?: string | undefined;
}

/** @throws UsageError for another kind of nodes, and for a target that has its own */
export function nodesChoice({ nodes, image }: NodesValues, target: Target): NodesChoice {
  if (target.kind !== "embedded" && (nodes !== undefined || image !== undefined)) {
    throw new UsageError("--nodes and --image are for the embedded cluster; this one has its own nodes");
  }
  const kind = nodeKinds.find((each) => each === nodes);
  if (nodes !== undefined && kind === undefined) {
    throw new UsageError(`--nodes ${nodes}: ${nodeKinds.join(" or ")} is wanted`);
  }
  return { nodes: kind, image };
}

/**
 * What the real node of a target is made of; undefined if it is to have none.
 *
 * @throws UserError if the target's cluster has nodes of the other kind
 */
export async function chosenNodeParts(
  target: Target,
  { nodes, image }: NodesChoice,
  progress: Progress,
): Promise<NodeParts | undefined> {
  if (target.kind !== "embedded") {
    return undefined;
  }
  const record = readNodeRecord(target.home);
  const state = await clusterStatus(target.home);
  const kind = nodes ?? (record === undefined ? "simulated" : "real");
  const has = record === undefined ? "simulated" : "real";
  if (state !== "none" && kind !== has) {
    throw new UserError(
      `The embedded cluster has ${has} nodes. \`npm run down${targetFlags(target)}\` removes it, and up makes another.`,
    );
  }
  if (kind === "simulated") {
    if (image !== undefined) {
      throw new UsageError("--image is for --nodes real: simulated nodes run no image");
    }
    return undefined;
  }
  return ensureNodeParts(target.home, image ?? record?.givenImage, progress);
}
