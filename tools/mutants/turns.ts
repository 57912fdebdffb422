import { dirname, join } from "node:path";
import type { Mutant } from "./mutants.ts";
import type { Caught, Covered } from "./records.ts";
import type { Turn } from "./restarts.ts";

/** Test files that compare a stack's whole inventory, which every manifest is part of. */
const inventories = /^test\/golden\/(?!policy)/;

export interface TurnLimits {
  /** ms. A slower test file is not run for one mutant after another. */
  readonly slowFile: number;
  /** Test files that only pass through the code seldom find what those before them do not, and cost a second each. */
  readonly files: number;
  readonly inventories: number;
  /**
   * Whether files are tried too that run other code of the mutant's file: a mutant before may have kept their tests from
   * running this.
   */
  readonly ofTheFile: boolean;
}

/** The limits of the first turn. Mutants that only slower or more distant test files would catch count as not caught. */
export const quickTurn: TurnLimits = { slowFile: 4_000, files: 4, inventories: 2, ofTheFile: false };

/** The limits of a second turn, for what a quick one left. */
export const thoroughTurn: TurnLimits = { slowFile: 60_000, files: 8, inventories: 5, ofTheFile: true };

/**
 * The mutants that are still to be tried from the start of test files, each with the files that run its code where it
 * could not be run again: those first whose subject it is, by their imports and by what their tests run.
 *
 * @param importedBy paths of the files that a test file imports
 */
export function remainingTurns(
  mutants: readonly Mutant[],
  covered: readonly Covered[],
  caught: readonly Caught[],
  limits: TurnLimits,
  importedBy: (testFile: string) => ReadonlySet<string>,
): Turn[] {
  const fileOf = new Map(mutants.map(({ id, file }) => [id, file]));
  const isCaught = new Set(caught.map(({ id }) => id));
  const tests = covered.map(({ testFile, milliseconds, inTests, untried, outside }) => ({
    testFile,
    milliseconds,
    isInventory: inventories.test(testFile),
    runs: new Set([...untried, ...outside]),
    share: sharesOf(inTests.map((id) => fileOf.get(id))),
    imported: importedBy(testFile),
  }));
  const filesFor = ({ id, file }: Mutant): string[] => {
    const shareOf = ({ share, imported }: (typeof tests)[number]) =>
      (share.get(file) ?? 0) + Number(imported.has(file));
    const running = tests
      .filter(
        ({ runs, share, imported }) =>
          runs.has(id) || (limits.ofTheFile && (share.has(file) || imported.has(file))),
      )
      .toSorted((one, other) => shareOf(other) - shareOf(one) || one.milliseconds - other.milliseconds);
    return [
      ...running
        .filter(({ isInventory, milliseconds }) => !isInventory && milliseconds < limits.slowFile)
        .slice(0, limits.files),
      ...running.filter(({ isInventory }) => isInventory).slice(0, limits.inventories),
    ].map(({ testFile }) => testFile);
  };
  return mutants
    .filter(({ id }) => !isCaught.has(id))
    .map((mutant) => ({ id: mutant.id, testFiles: filesFor(mutant) }))
    .filter(({ testFiles }) => testFiles.length > 0);
}

/** These turns without the test files that the mutant has passed in former ones. */
export function withoutTried(turns: readonly Turn[], former: readonly Turn[]): Turn[] {
  const tried = new Map(former.map(({ id, testFiles }) => [id, new Set(testFiles)]));
  return turns
    .map(({ id, testFiles }) => ({ id, testFiles: testFiles.filter((file) => !tried.get(id)?.has(file)) }))
    .filter(({ testFiles }) => testFiles.length > 0);
}

/** The share of each source file in what a test file runs in its tests. */
function sharesOf(files: readonly (string | undefined)[]): ReadonlyMap<string | undefined, number> {
  const shares = new Map<string | undefined, number>();
  for (const file of files) {
    shares.set(file, (shares.get(file) ?? 0) + 1 / files.length);
  }
  return shares;
}

/** Paths, in the repository, of the files of it that a module imports by their relative paths. */
export function importsIn(text: string, file: string): Set<string> {
  const specifiers = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, specifier = ""]) => specifier);
  return new Set(specifiers.map((specifier) => join(dirname(file), specifier)));
}
