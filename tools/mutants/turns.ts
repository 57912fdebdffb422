import type { Mutant } from "./mutants.ts";
import type { Caught, Covered } from "./records.ts";
import type { Turn } from "./restarts.ts";

/** ms. Of test files that are slower, such as a whole stack's inventory, the quickest alone is run, and last. */
const slowFile = 4_000;

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
    runs: new Set([...untried, ...outside]),
    share: sharesOf(inTests.map((id) => fileOf.get(id))),
  }));
  const filesFor = ({ id, file }: Mutant): string[] => {
    const [quick = [], slow = []] = [true, false].map((isQuick) =>
      tests.filter(({ runs, milliseconds }) => runs.has(id) && milliseconds < slowFile === isQuick),
    );
    return [
      ...quick
        .toSorted((one, other) => (other.share.get(file) ?? 0) - (one.share.get(file) ?? 0))
        .slice(0, quickFilesOfATurn),
      ...slow.toSorted((one, other) => one.milliseconds - other.milliseconds).slice(0, 1),
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
