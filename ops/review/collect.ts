import { basename, dirname } from "node:path";
import { type FleetStack, pricesOfCell } from "../../settings/stacks.ts";
import { type Problem, TenantFilesError } from "../../tenants/load.ts";
import { priceChanges } from "../../tenants/priceChange.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { ignoredTenantFiles } from "../fleet/ignoredFiles.ts";
import { type FleetInspection, inspectFleet } from "../fleet/inspection.ts";
import { type Changes, changesSince, withFilesOf } from "./git.ts";
import type { Review } from "./model.ts";
import { tenantChanges } from "./tenantChanges.ts";
import { touchedStacks } from "./touched.ts";

/**
 * All that files tell of a branch, before any engine is asked.
 *
 * @param base a branch, tag or commit
 * @param folder of the repository
 * @returns the stacks there are, and the review without previews
 * @throws UserError as {@link changesSince}
 */
export async function collectReview(
  base: string,
  folder: string,
): Promise<{ fleet: readonly FleetStack[]; review: Review }> {
  const changes = await changesSince(base, folder);
  const found = inspectFleet({ folder });
  const now = { ...found, problems: [...found.problems, ...(await ignoredTenantFiles(found.fleet, folder))] };
  const before = await withFilesOf(changes.mergeBase, folder, (then) => inspectFleet({ folder: then }));
  return { fleet: now.fleet, review: reviewOf(base, changes, before, now) };
}

/** A review without previews. Tenants whose file is wrong on either side are left to the report of the wrong files. */
export function reviewOf(
  base: string,
  changes: Changes,
  before: FleetInspection,
  now: FleetInspection,
): Review {
  const { stacks, findings } = touchedStacks(changes.files, now.fleet);
  const wrong = new Set([...before.problems, ...now.problems].map(({ file }) => tenantOf(file)));
  const readable = (tenants: readonly Tenant[]) => tenants.filter((tenant) => !wrong.has(keyOf(tenant)));
  const isKnown = before.isRead && now.isRead;
  const [was, is] = isKnown ? [readable(before.tenants), readable(now.tenants)] : [[], []];
  const fleet = [...now.fleet, ...before.fleet];
  return {
    base: { ref: base, commit: changes.mergeBase },
    head: { commit: changes.head, hasUncommitted: changes.hasUncommitted },
    touched: stacks,
    findings: [...findings, ...(before.isRead ? mendedFiles(before.problems, now.tenants) : [unreadBase])],
    ...(now.problems.length === 0 ? {} : { problems: new TenantFilesError(now.problems).message }),
    tenants: tenantChanges(was, is),
    prices: priceChanges(was, is, (cell) => pricesOfCell(fleet, cell)),
    previews: [],
  };
}

const keyOf = ({ cell, id }: Pick<Tenant, "cell" | "id">): string => `${cell}/${id}`;

const unreadBase =
  "The stacks' settings or the tenants' folders could not be read as they were before: what changes is not told here.";

/** Key of the tenant that a file is of, whatever is wrong with it. */
const tenantOf = (file: string): string =>
  `${basename(dirname(file))}/${basename(file).replace(/\.ya?ml$/i, "")}`;

/** A line for each mended file: what it changes for its tenant cannot be told. */
function mendedFiles(problemsBefore: readonly Problem[], tenants: readonly Tenant[]): string[] {
  const wrong = new Set(problemsBefore.map(({ file }) => tenantOf(file)));
  return tenants
    .filter((tenant) => wrong.has(keyOf(tenant)))
    .map(
      (tenant) => `The file of ${keyOf(tenant)} was wrong before, so what changes for it is not told here.`,
    );
}
