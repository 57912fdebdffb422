import { matchesGlob } from "node:path";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { tryMutants } from "../../tools/mutants/index.ts";
import {
  explainedFile,
  readExplained,
  reportLines,
  scores,
  wantedScore,
} from "../../tools/mutants/report.ts";
import { mutatedFiles } from "../../tools/mutants/scope.ts";
import { parseCommand } from "../commandLine/arguments.ts";

const help = {
  usage: "npm run mutants -- [--files GLOB] [--since REF] [--thorough] [--workers N] [--json]",
  text: `Tests the tests: changes the code in one place after another (a mutant) and sees whether a unit or golden test
fails. Works in a copy outside of the repository, and is no part of npm test or of CI.

  --files GLOB     of the files that are mutated (tools/mutants/scope.ts), those alone; may be given several times
  --since REF      of those, the ones that differ from this commit
  --thorough       try what is left and not explained in slower and more distant test files too, about 15 min
  --workers N      processes that run tests at a time; 2 unless given
  --json           print [{"file", "line", "mutator", "original", "replacement", "by", "isUnreached"}], without "by"
                   where no test fails
  --help           print this

Prints the mutants that nothing catches, but for those that ${explainedFile} explains, and the figures by folder.
Exit code 1 if tests catch less than ${wantedScore} % of a folder.`,
};

const options = {
  files: { type: "string", multiple: true },
  since: { type: "string" },
  thorough: { type: "boolean", default: false },
  workers: { type: "string", default: "2" },
  json: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { files: globs = ["**"], since, thorough, workers, json } = parsed.values;
  if (!/^[1-9]\d?$/.test(workers)) {
    throw new UsageError(`--workers ${workers}: must be a whole number from 1 to 99`);
  }
  const changed = since === undefined ? undefined : await changedSince(since);
  const files = mutatedFiles().filter(
    (file) => globs.some((glob) => matchesGlob(file, glob)) && (changed?.has(file) ?? true),
  );
  if (files.length === 0) {
    throw new UserError("None of the files that are mutated (tools/mutants/scope.ts) is among those chosen.");
  }
  const explained = readExplained();
  const mutants = await tryMutants({
    files,
    workers: Number(workers),
    thorough: thorough ? { explained } : undefined,
    progress: terminalProgress(),
  });
  console.log(json ? JSON.stringify(mutants) : reportLines(mutants, explained).join("\n"));
  return scores(mutants, explained).every(({ score }) => score >= wantedScore) ? 0 : 1;
}

/** @throws UserError if there is no such commit */
async function changedSince(commit: string): Promise<ReadonlySet<string>> {
  const args = ["diff", "--name-only", "-z", "--end-of-options", commit, "--"];
  const { code, stdout, stderr } = await run("git", args, { cwd: repository });
  if (code !== 0) {
    throw new UserError(`--since ${commit}: git knows no such commit: ${stderr.trim()}`);
  }
  return new Set(stdout.split("\0"));
}
