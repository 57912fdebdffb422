import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  clusterBinaries,
  type Engine,
  type EngineOptions,
  ensureBinaries,
  ensureNodeParts,
  type NodeParts,
  planEngine,
  pluginsOnCluster,
  startCluster,
} from "../../embedded/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { counted } from "../../lib/text.ts";
import { neighbourhood } from "../../settings/neighbours.ts";
import { readStack, settingsFile } from "../../settings/stacks.ts";
import { defaultMaxTenants } from "../../tenants/cellSize.ts";
import { assertCellSize, loadTenants } from "../../tenants/load.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { orReport } from "../commandLine/orReport.ts";
import { endLeftovers } from "./leftovers.ts";
import { removeStaleLocks } from "./locks.ts";
import { chosenNode, type NodesChoice } from "./nodes.ts";
import { forgetPendingOperations } from "./pendingOperations.ts";
import { prepareStack, stateFolder } from "./stack.ts";
import type { Target } from "./target.ts";

/**
 * Brings a target to where Pulumi can run on it: tenant files that are right, the engine, the cluster if it is the
 * embedded one, the stack. Says in one line which engine it is.
 *
 * @throws UserError if nobody has set the stack up, or with the report if a tenant file is wrong, before anything is
 *   built or started
 */
export async function openSession(
  target: Target,
  progress: Progress,
  nodes: NodesChoice = {},
): Promise<Engine> {
  checkIsSetUp(target);
  checkTenants(target);
  const engine = await openEngine(target, progress, nodes);
  await openStack(target, engine, progress);
  return engine;
}

/** The engine and, if it is the embedded one, the cluster: the same for every stack of one kind of target. */
export async function openEngine(
  target: Target,
  progress: Progress,
  nodes: NodesChoice = {},
): Promise<Engine> {
  const node = await chosenNode(target, nodes);
  const plan = await planEngine({ ...engineFor(target), progress });
  await ensureBinaries(
    [...new Set([...plan.needs, ...(target.kind === "embedded" ? clusterBinaries() : [])])],
    progress,
  );
  const nodeParts = node && (await ensureNodeParts(node.givenImage, progress));
  const [engine] = await Promise.all([plan.assemble(), ensureCluster(target, progress, nodeParts)]);
  progress.say(engine.description);
  return engine;
}

/** @throws UserError if the stack needs another one that is not there */
export async function openStack(target: Target, engine: Engine, progress: Progress): Promise<void> {
  const ended = await endLeftovers(target);
  if (ended.length > 0) {
    progress.say(`stack: of a run that was killed ${ended.join(", ")} still ran; ended`);
  }
  await prepareStack(target, engine);
  if (target.kind !== "own") {
    await tidyAfterKilledRun(target, engine, progress);
  }
}

/** A target's requirements of its engine. */
export type EngineDemands = Pick<EngineOptions, "choice" | "reason" | "allowsStandIns" | "plugins">;

/**
 * A stack in the user's own backend is what customers run on: it takes the official engine unless stand-ins are asked
 * for, because what one engine writes into a state the other has to live with. A cloud's plugin has no stand-in at all.
 *
 * @throws UserError if the command line asks for stand-ins of a cloud's plugin
 */
export function engineFor({ kind, stack, engine }: Pick<Target, "kind" | "stack" | "engine">): EngineDemands {
  if (kind !== "own") {
    return { choice: engine };
  }
  const cluster = readStack(stack)?.clusterKind;
  const plugins = pluginsOnCluster(cluster);
  if (cluster === undefined || cluster === "existing") {
    return engine === "stand-in"
      ? { choice: engine, plugins }
      : {
          choice: "official",
          reason: `The stack ${stack} is in your own backend, which takes the official engine`,
          plugins,
        };
  }
  const reason = `The stack ${stack} is on a cluster of kind ${cluster}, which takes the official engine`;
  if (engine === "stand-in") {
    throw new UserError(`${reason}: its cloud's plugin has no stand-in. Leave out --engine stand-in.`);
  }
  return { choice: "official", reason, allowsStandIns: false, plugins };
}

async function tidyAfterKilledRun(target: Target, engine: Engine, progress: Progress): Promise<void> {
  for (const pid of await removeStaleLocks(target)) {
    progress.say(`stack: process ${pid} had locked it and is gone; its lock is removed`);
  }
  const pending = await forgetPendingOperations(target, engine);
  if (pending > 0) {
    progress.say(
      `stack: a run was killed with ${counted(pending, "operation")} begun; this one does them again`,
    );
  }
}

/** @throws UserError if there are `<…>` among the settings: the program refuses them too, but needs an engine for it */
export function checkIsSetUp({ kind, stack }: Pick<Target, "kind" | "stack">): void {
  if (kind === "own" && readStack(stack)?.isPlaceholder) {
    throw new UserError(
      `${settingsFile(stack)} still has placeholders, <…>, so nobody has set the stack ${stack} up yet.\n` +
        "Write what is true of your account in their place; nothing was changed.",
    );
  }
}

/**
 * Checks that the program makes too, but only after minutes of builds on a new machine. The files of several targets,
 * and of their neighbours, are read once.
 *
 * @throws UserError with the report if a tenant file is wrong
 */
export function checkTenants(...targets: readonly Target[]): void {
  orReport(() => {
    const cells = Map.groupBy(loadedTenants(targets), ({ cell }) => cell);
    for (const target of targets) {
      const tenants = cells.get(basename(tenantsFolderOf(target))) ?? [];
      assertCellSize(tenants, readStack(target.stack)?.maxTenants ?? defaultMaxTenants);
    }
  });
}

type TenantsOfTarget = Pick<Target, "stack" | "tenants">;

/**
 * The tenants of a target's files; none where an owner has no folder of them.
 *
 * @throws TenantFilesError if a file is wrong
 */
export function tenantsOf(target: TenantsOfTarget): readonly Tenant[] {
  return loadedTenants([target]);
}

/** @param targets on one platform */
function loadedTenants(targets: readonly TenantsOfTarget[]): readonly Tenant[] {
  const [first, ...others] = targets.filter(
    (target) => target.tenants !== undefined || existsSync(tenantsFolderOf(target)),
  );
  if (first === undefined) {
    return [];
  }
  const folders = [first, ...others].map(tenantsFolderOf);
  return loadTenants(folders, neighbourhood(first.stack, tenantsFolderOf(first)));
}

const tenantsFolderOf = ({ stack, tenants }: TenantsOfTarget): string =>
  tenants ?? join(repository, readStack(stack)?.tenantsFolder ?? join("tenants", stack));

/** A new cluster holds nothing, so what an old one's stacks remember is forgotten with it. */
async function ensureCluster(
  target: Target,
  progress: Progress,
  nodeParts: NodeParts | undefined,
): Promise<void> {
  if (target.kind !== "embedded") {
    return;
  }
  const cluster = await startCluster({ home: target.home, nodeParts, progress });
  if (cluster.isNew && existsSync(stateFolder(target))) {
    await rm(stateFolder(target), { recursive: true, force: true });
    progress.say("stack: the cluster is new and empty, so the state of the old one is dropped");
  }
}
