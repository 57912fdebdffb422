import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { printableLines } from "../../lib/text.ts";
import { listTenantFolder } from "../../tenants/folder.ts";
import { isDataProtected } from "../../tenants/retention.ts";
import type { Adoption, Tenant } from "../../tenants/schema.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type ClusterReader, ClusterUnreachable, clusterReader } from "../cluster/reader.ts";
import { markOf, type Owner, unmarked } from "../ownerMark.ts";
import type { EdgeFacts } from "../platform/facts.ts";
import { refusal } from "../refusal.ts";
import { servicesNamespace } from "../services/namespace.ts";
import { removalRemedy, removedTenants, reversalsOf, tenantsWithOldRoots } from "./changes.ts";
import { deletionOf } from "./deletion.ts";
import { type Found, type FoundByTenant, foundOf } from "./found.ts";
import type { LastUpdate, TenantRecord } from "./lastUpdate.ts";
import { incarnationIn, markIn, type PlatformNamespace, platformTakeover, takeoverOf } from "./takeover.ts";
import { resizingOf } from "./volumes.ts";

export type { Found } from "./found.ts";
export { isBeingOffboarded, lastUpdateOf } from "./lastUpdate.ts";
export { incarnationIn, isAdopted } from "./takeover.ts";
export { storageClassOf } from "./volumes.ts";

/** Refusals before anything is registered: once the engine has begun, half of a change that cannot be made is done. */

/** Tenant files of a stack. */
export interface TenantFiles {
  readonly tenants: readonly Tenant[];
  /** Absolute path of their folder. */
  readonly folder: string;
}

/**
 * Refuses what the last update alone shows to be impossible: files of protected tenants that are gone, roots in the clear,
 * and changes that cannot be undone.
 *
 * @throws pulumi.RunError that names every such tenant, why, and what to do instead
 */
export function refuseByLastUpdate({ records }: LastUpdate, { tenants, folder }: TenantFiles): void {
  const gone = removedTenants(records, tenants).filter((id) => fileInOtherCell(folder, id) === undefined);
  refuse(
    "Files of tenants that this stack still protects are gone; nothing was changed.",
    gone.map((id) => `  ${fileOf(folder, id)}: ${remedyOf(records[id])}`),
  );
  refuse(
    "What cannot be undone in place; nothing was changed.",
    tenants.flatMap((tenant) =>
      reversalsOf(records[tenant.id], tenant).map((text) => `  ${fileOf(folder, tenant.id)}: ${text}`),
    ),
  );
  const old = tenantsWithOldRoots(records);
  if (old.length > 0) {
    throw refusal(
      `The roots of these tenants' credentials stand in the clear in the state of the stack; nothing was changed: ${old.join(", ")}\n` +
        `\`npm run renew-roots -- --stack ${pulumi.getStack()}\` makes others: docs/operations.md, "Roots in the clear".`,
    );
  }
}

/**
 * Refuses tenants whose users the edge cannot sign in: their routes would be open, and OpenClaw would believe whatever user a
 * request names.
 *
 * @throws pulumi.RunError that names every such tenant
 */
export function refuseByEdge({ kind }: EdgeFacts, { tenants, folder }: TenantFiles): void {
  const signedIn = tenants.filter(({ auth, state }) => auth === "trusted-proxy" && state !== "offboarded");
  refuse(
    "An edge of kind envoyGateway does not sign users in yet (docs/edge.md); nothing was changed.",
    kind === "ingress" ? [] : signedIn.map(({ id }) => `  ${fileOf(folder, id)}: auth must be token`),
  );
}

const remedyOf = (record: TenantRecord | undefined): string =>
  record === undefined ? "" : removalRemedy(record);

export interface ClusterQuestions {
  readonly cluster: Cluster;
  readonly owner: Owner;
  readonly lastUpdate: LastUpdate;
  readonly files: TenantFiles;
  /** The day, YYYY-MM-DD, that retention dates are compared with. */
  readonly today: string;
  /** The claims of a stack that owns the platform: the namespace of its edge, and the consent to an adoption. */
  readonly platformClaim: { readonly edge: string; readonly adopt: Adoption | undefined } | undefined;
}

/**
 * Refuses what the cluster shows to be impossible or unsafe: to take over what is not this stack's, to go on while a
 * tenant's volume is being deleted, and to change the size of a volume that cannot be changed.
 *
 * @returns what the cluster has of each tenant
 * @throws pulumi.RunError that names every such tenant, why, and what to do instead; in an update also if the cluster cannot
 *   be reached, of which a preview warns
 */
export async function refuseByCluster(questions: ClusterQuestions): Promise<FoundByTenant> {
  const reader = await clusterReader(questions.cluster);
  if (reader === undefined) {
    return {};
  }
  try {
    return await refuseByReader(reader, questions);
  } catch (error) {
    if (!(error instanceof ClusterUnreachable)) {
      throw error;
    }
    const text = `${error.message}\nWhat is there already must be known before anything is made:`;
    if (!pulumi.runtime.isDryRun()) {
      throw refusal(`${text} nothing was changed.`);
    }
    // Reviews run where a private API server cannot be reached.
    const warning = `${text} this preview does not know it, and an update would refuse what it finds.`;
    await pulumi.log.warn(printableLines(warning));
    return {};
  }
}

async function refuseByReader(reader: ClusterReader, questions: ClusterQuestions): Promise<FoundByTenant> {
  const { owner, lastUpdate, files, today, platformClaim } = questions;
  const { tenants, folder } = files;
  const moved = removedTenants(lastUpdate.records, tenants);
  const [found, platform] = await Promise.all([
    foundOf(reader, [...tenants.map(({ id }) => id), ...moved]),
    platformClaim === undefined ? [] : platformNamespaces(reader, platformClaim.edge),
  ]);
  const claim = { owner, adopt: platformClaim?.adopt, hasRun: lastUpdate.hasRun };
  refuse(
    "Nothing was changed.",
    platform.flatMap((namespace) => platformTakeover(namespace, claim)),
  );
  const questionsOf = async (tenant: Tenant) => {
    const record = lastUpdate.records[tenant.id];
    const there = found[tenant.id] ?? {};
    return [
      ...takeoverOf(tenant, record, there, owner),
      ...(isDataProtected(tenant, today) ? deletionOf(tenant.id, there) : []),
      ...(await resizingOf(tenant, there.claim, reader)),
    ].map((line, index) => `${index === 0 ? `  ${fileOf(folder, tenant.id)}: ` : "    "}${line}`);
  };
  const problems = [
    ...(await Promise.all(tenants.map(questionsOf))).flat(),
    ...moved.flatMap((id) => stayed(id, found[id] ?? {}, lastUpdate.records[id], { owner, folder })),
  ];
  refuse("What the cluster holds stands in the way; nothing was changed.", problems);
  return found;
}

const platformNamespaces = (reader: ClusterReader, edge: string): Promise<PlatformNamespace[]> =>
  Promise.all(
    [
      { name: servicesNamespace, holds: "the shared services of this cluster and everybody's credentials" },
      { name: edge, holds: "the edge, as openclaw:platform.edge.namespace says" },
    ].map(async (each) => ({ ...each, found: await reader.namespace(each.name) })),
  );

/**
 * Why a tenant whose file is in another cell's folder has not moved there: it has once its namespace says so, and its
 * roots are in the other state. Before that this update would delete its Deployment.
 */
function stayed(
  id: string,
  { namespace }: Found,
  record: TenantRecord | undefined,
  { owner, folder }: { readonly owner: Owner; readonly folder: string },
): string[] {
  const mark = namespace === undefined ? unmarked : markIn(namespace);
  const isElsewhere = mark !== unmarked && mark !== markOf(owner);
  const hasItsRoots = record?.incarnation !== undefined && incarnationIn(namespace) === record.incarnation;
  return isElsewhere && hasItsRoots
    ? []
    : [
        `  ${fileInOtherCell(folder, id)}: the tenant is still in the stack ${owner.stack}, with its resources.`,
        '    Put the file back, or move them first: docs/operations.md, "Moving a tenant to another cell".',
      ];
}

/** @throws pulumi.RunError if there are problems */
function refuse(title: string, problems: readonly string[]): void {
  if (problems.length > 0) {
    throw refusal([title, ...problems].join("\n"));
  }
}

const fileOf = (folder: string, id: string): string => relative(process.cwd(), join(folder, `${id}.yaml`));

/** Path of the tenant's file in the folder of another of the project's cells. */
function fileInOtherCell(folder: string, id: string): string | undefined {
  const siblings = existsSync(folder) ? listTenantFolder(folder).siblings : [];
  const cell = siblings.find(({ fileNames }) => fileNames.includes(`${id}.yaml`));
  return cell && fileOf(cell.path, id);
}
