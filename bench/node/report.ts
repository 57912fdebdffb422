import { markdownTable, type Section } from "../../tools/docs/markdown.ts";
import { engineText } from "../report.ts";
import { median } from "../samples.ts";
import { chats, type NodeFigures } from "./index.ts";
import { phaseSeconds, phases, type Timeline } from "./timeline.ts";

/** The marks in docs/performance.md between which `npm run bench -- --nodes real --write` writes. */
export const nodeSection: Section = {
  start: "<!-- npm run bench -- --nodes real writes from here -->",
  end: "<!-- to here, the real node -->",
};

const milestones = [
  { mark: "applied", what: "all of its objects applied" },
  { mark: "ready", what: "its pod Ready" },
  { mark: "answered", what: "the first answer of a chat" },
  { mark: "updated", what: "the end of `pulumi up`" },
] as const satisfies readonly { readonly mark: keyof Timeline; readonly what: string }[];

export function nodeReport({ engine, runs, crowd }: NodeFigures, machine: string): string {
  const lengths = runs.map(({ timeline }) => phaseSeconds(timeline));
  const memory = [
    ...(crowd === undefined ? [] : [["idle, never spoken to", mebibytes(crowd.idleMiB)]]),
    [`after ${chats} chats`, mebibytes(median(runs.map(({ chattedMiB }) => chattedMiB)))],
  ];
  const processor = seconds(runs.map(({ processorSeconds }) => processorSeconds));
  return [
    `Medians of ${runs.length} tenants of the plan basic, seconds. ${machine}`,
    `Engine: ${engineText(engine)}.`,
    markdownTable(
      ["From the start of `pulumi up` to", "median", "quickest", "slowest"],
      milestones.map(({ mark, what }) => [what, ...spread(runs, ({ timeline }) => timeline[mark] / 1000)]),
      1,
    ),
    markdownTable(
      ["The first answer is made of", "", "median", "quickest", "slowest"],
      phases.map(({ name, what }) => [name, what, ...spread(lengths, (each) => each[name])]),
      2,
    ),
    `Up to its first answer a tenant's pod takes ${processor} s of processor.`,
    markdownTable(["Memory of a tenant, working set of its pod", "MiB"], memory, 1),
    ...(crowd === undefined
      ? []
      : [
          `${crowd.tenants} idle tenants fit, with ${(crowd.totalMiB / 1024).toFixed(1)} GiB together. Of the next the ` +
            `scheduler says: ${crowd.refused}`,
        ]),
  ].join("\n\n");
}

/** Median, least and most of one figure. */
function spread<Item>(items: readonly Item[], figure: (item: Item) => number): string[] {
  const values = items.map(figure);
  return [seconds(values), Math.min(...values).toFixed(1), Math.max(...values).toFixed(1)];
}

const seconds = (values: readonly number[]): string => median(values).toFixed(1);
const mebibytes = (value: number): string => value.toFixed(0);
