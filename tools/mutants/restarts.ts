import { createVitest } from "vitest/node";
import { append } from "./records.ts";

/**
 * `node tools/mutants/restarts.ts` in a copy of the repository: tries mutants one by one, each from the start of test
 * files, because code that runs while modules are loaded or in a hook cannot be run again in the same process. Reads
 * `{"id", "testFiles"}`, one a line, from stdin, and ends a mutant's turn with the first file that fails.
 */
export interface Turn {
  readonly id: string;
  readonly testFiles: readonly string[];
}

const vitest = await createVitest("test", {
  config: "tools/mutants/vitest.config.ts",
  watch: false,
  maxWorkers: 1,
  bail: 1,
  reporters: [{}],
  testTimeout: 30_000,
});

async function failsIn(testFile: string): Promise<boolean> {
  vitest.state.filesMap.clear();
  vitest.state.errorsSet.clear();
  const { testModules, unhandledErrors } = await vitest.start([testFile]);
  return unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
}

async function isCaught({ id, testFiles }: Turn): Promise<string | undefined> {
  vitest.provide("mutant", id);
  for (const testFile of testFiles) {
    if (await failsIn(testFile)) {
      return testFile;
    }
  }
  return undefined;
}

let input = "";
for await (const chunk of process.stdin) {
  input += chunk;
}
for (const line of input.split("\n").filter((each) => each !== "")) {
  const turn: Turn = JSON.parse(line);
  const by = await isCaught(turn);
  if (by !== undefined) {
    append(process.cwd(), "caught", { id: turn.id, by });
  }
  console.error(turn.id);
}
await vitest.close();
// vitest sets it when a test fails, which is what is hoped for here.
process.exitCode = 0;
