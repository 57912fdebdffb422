import { markdownTable, type Section } from "../../tools/docs/markdown.ts";
import { engineText } from "../report.ts";
import type { Pair, Rival, VersusFigures } from "./index.ts";

/** The lines of docs/performance.md that `npm run bench -- --vs RIVAL --write` replaces. */
export const versusSection = (rival: Rival): Section => ({
  start: `<!-- npm run bench -- --vs ${rival} writes from here -->`,
  end: `<!-- to here, ${rival} -->`,
});

const titles: Readonly<Record<Rival, string>> = {
  plain: "a plain program",
  automation: "by the Automation API",
};

export function versusReport(
  { rival, engine, adding, fromNothing }: VersusFigures,
  runs: number,
  machine: string,
): string {
  const row = (what: string, pair: Pair) => [
    what,
    pair.own.toFixed(2),
    pair.rival.toFixed(2),
    (pair.own / pair.rival).toFixed(2),
  ];
  return [
    `Medians of ${runs} runs, seconds of wall time. ${machine}`,
    `Engine: ${engineText(engine)}.`,
    markdownTable(
      ["", "this program", titles[rival], "ratio"],
      [
        ...adding.flatMap(({ others, preview, up }) => [
          row(`preview of one more than ${others}`, preview),
          row(`one more than ${others}`, up),
        ]),
        ...fromNothing.map(({ tenants, up }) => row(`${tenants} from nothing`, up)),
      ],
      1,
    ),
  ].join("\n\n");
}
