import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchEngine, enginesToBench, type Sizes } from "../../bench/engine.ts";
import { benchNode } from "../../bench/node/index.ts";
import { nodeReport, nodeSection } from "../../bench/node/report.ts";
import { benchProgram } from "../../bench/program.ts";
import { type BenchFigures, benchSection, machineLine, markdownReport } from "../../bench/report.ts";
import { benchVersus, type Rival, rivals } from "../../bench/versus/index.ts";
import { versusReport, versusSection } from "../../bench/versus/report.ts";
import type { EngineKind } from "../../embedded/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { UsageError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { type Section, withSection } from "../../tools/docs/markdown.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { engineKind } from "../stack/target.ts";

const help = {
  usage: "npm run bench -- [options]",
  text: `Measures on embedded clusters of its own: adding one tenant to cells of several sizes with Pulumi and with kubectl,
whole cells from nothing, and the program alone under mocks. Takes about a quarter of an hour on two cores; leave
the machine alone meanwhile.

  --engine KIND  official, stand-in or both; those of the two that can be had unless given. Of a real node, one
  --nodes KIND  simulated (unless given), or real: instead of all that, tenants that run OpenClaw on a real node, one after
              the other, from their file to the first answer of a chat; then as many as fit. Linux as root
  --vs RIVAL  instead of all that, this program by turns with plain (a Pulumi program that registers the same objects by the
              classes of the packages) or automation (this program, run by Pulumi's Automation API), with one engine
  --runs N    samples of each figure, of which the median counts; 3 unless given, 5 of a real node
  --quick     the sizes 0 and 25 only; of a real node, not how many tenants fit
  --write     write the tables into docs/performance.md as well
  --json      print the figures as JSON instead
  --help      print this`,
};

const options = {
  engine: { type: "string" },
  nodes: { type: "string" },
  vs: { type: "string" },
  runs: { type: "string" },
  quick: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

const sizes = {
  all: { adding: [0, 10, 25, 50, 100], fromNothing: [25, 50], program: [100, 1000] },
  quick: { adding: [0, 25], fromNothing: [25], program: [100] },
};

const versusSizes = {
  all: { adding: [0, 25], fromNothing: [25] },
  quick: { adding: [0], fromNothing: [10] },
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { nodes = "simulated", vs, write, json } = parsed.values;
  if (nodes !== "simulated" && nodes !== "real") {
    throw new UsageError(`--nodes ${nodes}: must be simulated or real`);
  }
  const rival = rivals.find((each) => each === vs);
  if (vs !== undefined && (rival === undefined || nodes === "real")) {
    throw new UsageError(`--vs ${vs}: must be one of ${rivals.join(", ")}, without --nodes real`);
  }
  const { figures, report, section } = await benchOf(nodes, rival)(parsed.values);
  console.log(json ? JSON.stringify(figures, null, 2) : report);
  if (write) {
    const path = "docs/performance.md";
    const file = join(repository, path);
    await writeFile(file, withSection(await readFile(file, "utf8"), section, report, path));
  }
  return 0;
}

interface Bench {
  readonly figures: object;
  /** Markdown. */
  readonly report: string;
  readonly section: Section;
}

interface BenchValues {
  readonly engine?: string | undefined;
  readonly runs?: string | undefined;
  readonly quick: boolean;
}

function benchOf(nodes: string, rival: Rival | undefined): (values: BenchValues) => Promise<Bench> {
  if (rival !== undefined) {
    return (values) => besideRival(rival, values);
  }
  return nodes === "real" ? realNode : simulatedNodes;
}

async function simulatedNodes({ engine, runs, quick }: BenchValues): Promise<Bench> {
  const choice = engine === undefined || engine === "both" ? engine : engineKind(engine, "both");
  const samples = runsOf(runs, 3);
  const engines = await enginesToBench(choice, terminalProgress());
  const figures = await measure(engines, quick ? sizes.quick : sizes.all, samples);
  return { figures, report: markdownReport(figures, machineLine()), section: benchSection };
}

async function realNode({ engine, runs, quick }: BenchValues): Promise<Bench> {
  const choice = engine === undefined ? undefined : engineKind(engine);
  const figures = await benchNode(runsOf(runs, 5), !quick, choice, terminalProgress());
  return { figures, report: nodeReport(figures, machineLine()), section: nodeSection };
}

async function besideRival(rival: Rival, { engine, runs, quick }: BenchValues): Promise<Bench> {
  const choice = engine === undefined ? undefined : engineKind(engine);
  const samples = runsOf(runs, 3);
  const progress = terminalProgress();
  const [kind = "stand-in"] = await enginesToBench(choice, progress);
  const wanted = quick ? versusSizes.quick : versusSizes.all;
  const figures = await benchVersus(rival, kind, wanted, samples, progress);
  return { figures, report: versusReport(figures, samples, machineLine()), section: versusSection(rival) };
}

function runsOf(text: string | undefined, otherwise: number): number {
  const runs = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new UsageError(`--runs ${text}: must be a whole number from 1`);
  }
  return runs;
}

async function measure(
  engines: readonly EngineKind[],
  wanted: Sizes & { readonly program: readonly number[] },
  runs: number,
): Promise<BenchFigures> {
  const progress = terminalProgress();
  const program = [];
  for (const tenants of wanted.program) {
    program.push(await benchProgram(tenants, runs, progress));
  }
  const measured = [];
  for (const kind of engines) {
    measured.push(await benchEngine(kind, wanted, runs, progress));
  }
  return { runs, engines: measured, program };
}
