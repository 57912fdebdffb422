import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "../../lib/system/paths.ts";
import { type Column, tableLines } from "../../lib/terminal/table.ts";
import type { TriedMutant } from "./index.ts";
import { keyOf, shortened } from "./mutants.ts";
import { folderOf } from "./scope.ts";

/** Percent of a folder's mutants that tests have to catch. */
export const wantedScore = 90;

/** Mutants that no test can or need catch, by reason. */
export const explainedFile = "test/mutants.yaml";

/** The reason of a mutant, by the line that it has in the report. */
export function readExplained(
  text = readFileSync(join(repository, explainedFile), "utf8"),
): Map<string, string> {
  const reasons: Record<string, readonly string[]> = parse(text) ?? {};
  return new Map(
    Object.entries(reasons).flatMap(([reason, keys]) => keys.map((key) => [key, reason] as const)),
  );
}

export interface Score {
  readonly folder: string;
  readonly mutants: number;
  readonly caught: number;
  readonly explained: number;
  /** Percent, rounded down to a tenth. */
  readonly score: number;
}

export function scores(mutants: readonly TriedMutant[], explained: ReadonlyMap<string, string>): Score[] {
  const groups = Object.groupBy(mutants, ({ file }) => folderOf(file));
  return Object.entries(groups).map(([folder, all = []]) => {
    const caught = all.filter(({ by }) => by !== undefined).length;
    return {
      folder,
      mutants: all.length,
      caught,
      explained: all.filter((mutant) => mutant.by === undefined && explained.has(keyOf(mutant))).length,
      score: Math.floor((1000 * caught) / all.length) / 10,
    };
  });
}

const columns: readonly Column<Score>[] = [
  { title: "folder", value: ({ folder }) => folder },
  { title: "mutants", value: ({ mutants }) => `${mutants}`, align: "right" },
  { title: "caught", value: ({ caught }) => `${caught}`, align: "right" },
  { title: "explained", value: ({ explained }) => `${explained}`, align: "right" },
  { title: "score", value: ({ score }) => `${score.toFixed(1)} %`, align: "right" },
];

/** The mutants that no test catches and nothing explains, then the figures by folder. */
export function reportLines(
  mutants: readonly TriedMutant[],
  explained: ReadonlyMap<string, string>,
): string[] {
  const open = mutants.filter((mutant) => mutant.by === undefined && !explained.has(keyOf(mutant)));
  return [
    ...open.map(
      (mutant) =>
        `${mutant.file}:${mutant.line} ${shortened(mutant.original)} → ${shortened(mutant.replacement)}${
          mutant.isUnreached ? " (no test runs it)" : ""
        }`,
    ),
    "",
    ...tableLines(columns, scores(mutants, explained)),
  ];
}
