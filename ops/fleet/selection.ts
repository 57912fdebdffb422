import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { embeddedOwner, type FleetStack } from "../../settings/stacks.ts";

export interface CellSelection {
  /** Canaries first, else by name. */
  readonly cells: readonly FleetStack[];
  /** Cells of the same platform that are not set up yet. */
  readonly leftOut: readonly FleetStack[];
}

/**
 * The cells of a platform; unless it is given, of the only one that has cells set up, or of the embedded cluster's. On
 * the embedded cluster a cell may be a placeholder still: what of its settings is another cluster's is replaced there.
 *
 * @throws UsageError if the platform is to be given, or is the embedded one elsewhere
 * @throws UserError if it has no cell to bring up
 */
export function selectCells(
  fleet: readonly FleetStack[],
  { platform, embedded }: { readonly platform?: string | undefined; readonly embedded: boolean },
): CellSelection {
  const cells = fleet.filter(({ role }) => role === "cell");
  const isUsable = ({ isPlaceholder }: FleetStack) => embedded || !isPlaceholder;
  const chosen = platform ?? (embedded ? embeddedOwner : onlyPlatform(cells.filter(isUsable)));
  if (chosen === embeddedOwner && !embedded) {
    throw new UsageError(`The cells of ${embeddedOwner} are on the embedded cluster: add --embedded`);
  }
  const members = cells
    .filter((cell) => cell.platform === chosen)
    .sort((a, b) => Number(b.canary) - Number(a.canary));
  const usable = members.filter(isUsable);
  if (usable.length === 0) {
    const why = members.length > 0 ? "none of its cells is set up yet" : "it has no cells";
    throw new UserError(`Nothing to bring up for the platform ${chosen}: ${why}.`);
  }
  return { cells: usable, leftOut: members.filter((cell) => !isUsable(cell)) };
}

function onlyPlatform(cells: readonly FleetStack[]): string {
  const platforms = [...new Set(cells.map(({ platform }) => platform))];
  const [only] = platforms;
  if (only === undefined) {
    throw new UserError("There are no cells that are set up; `npm run cells` lists all.");
  }
  if (platforms.length > 1) {
    throw new UsageError(`There are several platforms: --platform ${platforms.join(" or --platform ")}`);
  }
  return only;
}
