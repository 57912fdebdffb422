import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchAdding, benchFromNothing } from "../bench/engine.ts";
import { benchProgram } from "../bench/program.ts";
import { type BenchFigures, benchSection, machineLine, markdownReport } from "../bench/report.ts";
import { withSection } from "../docs/markdown.ts";
import { repository } from "../system/paths.ts";
import { UsageError } from "../terminal/errors.ts";
import { terminalProgress } from "../terminal/progress.ts";
import { parseCommand } from "./arguments.ts";

const help = {
  usage: "npm run bench -- [options]",
  text: `Measures on embedded clusters of its own: adding one tenant to cells of several sizes with Pulumi and with kubectl,
whole cells from nothing, and the program alone under mocks. Takes about a quarter of an hour on two cores; leave
the machine alone meanwhile.

  --runs N    samples of each figure, of which the median counts; 3 unless given
  --quick     the sizes 0 and 25 only
  --write     write the tables into docs/performance.md as well
  --json      print the figures as JSON instead
  --help      print this`,
};

const options = {
  runs: { type: "string", default: "3" },
  quick: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

const sizes = {
  all: { adding: [0, 10, 25, 50, 100], fromNothing: [25, 50], program: [100, 1000] },
  quick: { adding: [0, 25], fromNothing: [25], program: [100] },
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { quick, write, json } = parsed.values;
  const runs = Number(parsed.values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new UsageError(`--runs ${parsed.values.runs}: a whole number from 1 is wanted`);
  }
  const figures = await measure(quick ? sizes.quick : sizes.all, runs);
  const report = markdownReport(figures, machineLine());
  console.log(json ? JSON.stringify(figures, null, 2) : report);
  if (write) {
    const path = "docs/performance.md";
    const file = join(repository, path);
    await writeFile(file, withSection(await readFile(file, "utf8"), benchSection, report, path));
  }
  return 0;
}

async function measure(wanted: typeof sizes.all, runs: number): Promise<BenchFigures> {
  const progress = terminalProgress();
  const program = [];
  for (const tenants of wanted.program) {
    program.push(await benchProgram(tenants, runs, progress));
  }
  const adding = await benchAdding(wanted.adding, runs, progress);
  const fromNothing = [];
  for (const tenants of wanted.fromNothing) {
    fromNothing.push(await benchFromNothing(tenants, runs, progress));
  }
  return { runs, adding, fromNothing, program };
}
