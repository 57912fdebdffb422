import { assertRealNodePossible, clusterStatus, readNodeRecord } from "../../embedded/index.ts";
import { cacheRoot } from "../../lib/system/cache.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { type Target, targetFlags } from "./target.ts";

const nodeKinds = ["simulated", "real"] as const;

/** Options of the embedded cluster's nodes; what is left out stays as it was. */
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
    throw new UsageError(`--nodes ${nodes}: must be ${nodeKinds.join(" or ")}`);
  }
  return { nodes: kind, image };
}

/** The real node that a target is to have. */
export interface ChosenNode {
  readonly home: string;
  /** The OpenClaw image to pull; the one built here if left out. */
  readonly givenImage: string | undefined;
}

/**
 * @returns undefined if the target is to have no real node
 * @throws UserError if its cluster has nodes of the other kind, or if this machine cannot have a real one
 */
export async function chosenNode(
  target: Target,
  { nodes, image }: NodesChoice,
): Promise<ChosenNode | undefined> {
  if (target.kind !== "embedded") {
    return undefined;
  }
  const record = readNodeRecord(target.home);
  const has = record === undefined ? "simulated" : "real";
  const wants = nodes ?? has;
  if (wants !== has && (await clusterStatus(target.home)) !== "none") {
    throw new UserError(
      `The embedded cluster has ${has} nodes. \`npm run down${targetFlags(target)}\` removes it, and up makes another.`,
    );
  }
  if (wants === "real") {
    await assertRealNodePossible([target.home, cacheRoot()]);
    return { home: target.home, givenImage: image ?? record?.givenImage };
  }
  if (image !== undefined) {
    throw new UsageError("--image is for --nodes real: simulated nodes run no image");
  }
  return undefined;
}
