import type { Mutant } from "./mutants.ts";
import type { Caught, Covered } from "./records.ts";
import type { Turn } from "./restarts.ts";

/** ms. A slower test file is not run for one mutant after another; what it alone would catch counts as not caught. */
const slowFile = 4_000;

/** Where a stack's whole inventory is compared, which every manifest is part of. */
const inventories = /^test\/golden\/(?!policy)/;
const inventoriesOfATurn = 2;

/** More of the test files that only pass through the code seldom find what these do not, and cost a second each. */
const quickFilesOfATurn = 4;

/**
 * The mutants that are still to be tried from the start of test files, each with the files that run its code where it
 * could not be run again: those first whose subject it is.
 */
export function remainingTurns(
  mutants: readonly Mutant[],
  covered: readonly Covered[],
  caught: readonly Caught[],
): Turn[] {
  const fileOf = new Map(mutants.map(({ id, file }) => [id, file]));
  const isCaught = new Set(caught.map(({ id }) => id));
  const tests = covered.map(({ testFile, milliseconds, inTests, untried, outside }) => ({
    testFile,
    milliseconds,
    isInventory: inventories.test(testFile),
    runs: new Set([...untried, ...outside]),
    share: sharesOf(inTests.map((id) => fileOf.get(id))),
  }));
  const filesFor = ({ id, file }: Mutant): string[] => {
    const shareOf = ({ share }: (typeof tests)[number]) => share.get(file) ?? 0;
    const running = tests
      .filter(({ runs }) => runs.has(id))
      .toSorted((one, other) => shareOf(other) - shareOf(one) || one.milliseconds - other.milliseconds);
    return [
      ...running
        .filter(({ isInventory, milliseconds }) => !isInventory && milliseconds < slowFile)
        .slice(0, quickFilesOfATurn),
      ...running.filter(({ isInventory }) => isInventory).slice(0, inventoriesOfATurn),
    ].map(({ testFile }) => testFile);
  };
  return mutants
    .filter(({ id }) => !isCaught.has(id))
    .map((mutant) => ({ id: mutant.id, testFiles: filesFor(mutant) }))
    .filter(({ testFiles }) => testFiles.length > 0);
}

/** How much of what a test file runs in its tests is of which file. */
function sharesOf(files: readonly (string | undefined)[]): ReadonlyMap<string | undefined, number> {
  const shares = new Map<string | undefined, number>();
  for (const file of files) {
    shares.set(file, (shares.get(file) ?? 0) + 1 / files.length);
  }
  return shares;
}
