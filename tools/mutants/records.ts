import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Messages between the processes that run tests and the command, as files in the copy of the repository. */

/** A mutant, and the test that failed with it. */
export interface Caught {
  readonly id: string;
  readonly by: string;
}

/** The mutants that a test file covers. */
export interface Covered {
  readonly testFile: string;
  /** The time that its tests take. */
  readonly milliseconds: number;
  /** Mutants hit in the body of a test. */
  readonly inTests: readonly string[];
  /** Those of them that were hit in a body that was not run again for the mutant. */
  readonly untried: readonly string[];
  /** Outside: while modules are loaded, in hooks. */
  readonly outside: readonly string[];
}

const fileOf = { caught: "caught.jsonl", covered: "covered.jsonl" } as const;
interface RecordOf {
  caught: Caught;
  covered: Covered;
}

export function append<Kind extends keyof RecordOf>(
  folder: string,
  kind: Kind,
  record: RecordOf[Kind],
): void {
  appendFileSync(join(folder, fileOf[kind]), `${JSON.stringify(record)}\n`);
}

export function recorded<Kind extends keyof RecordOf>(folder: string, kind: Kind): RecordOf[Kind][] {
  const file = join(folder, fileOf[kind]);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}
