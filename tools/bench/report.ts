import { cpus, totalmem } from "node:os";
import { markdownTable, type Section } from "../docs/markdown.ts";
import type { AddingFigures, FromNothingFigures } from "./engine.ts";
import type { ProgramFigures } from "./program.ts";

export interface BenchFigures {
  readonly runs: number;
  readonly adding: readonly AddingFigures[];
  readonly fromNothing: readonly FromNothingFigures[];
  readonly program: readonly ProgramFigures[];
}

/** Where `npm run bench -- --write` writes in docs/performance.md. */
export const benchSection: Section = {
  start: "<!-- npm run bench writes from here -->",
  end: "<!-- to here -->",
};

export function markdownReport(figures: BenchFigures, machine: string): string {
  const { adding, fromNothing, program, runs } = figures;
  return [
    `Medians of ${runs} runs, seconds of wall time. ${machine}`,
    markdownTable(
      [
        "Adding one tenant to",
        "`pulumi preview`",
        "`pulumi up`",
        "`kubectl apply` and rollout",
        "up / kubectl",
      ],
      adding.map(({ others, preview, up, kubectl }) => [
        `${others}`,
        preview.toFixed(2),
        up.toFixed(2),
        kubectl.toFixed(2),
        (up / kubectl).toFixed(1),
      ]),
    ),
    markdownTable(
      ["A cell from nothing", "`pulumi up`", "tenants a second"],
      fromNothing.map(({ tenants, seconds }) => [
        `${tenants}`,
        seconds.toFixed(1),
        (tenants / seconds).toFixed(1),
      ]),
    ),
    markdownTable(
      ["The program alone, under mocks", "seconds", "peak RSS, MiB"],
      program.map(({ tenants, seconds, peakMiB }) => [`${tenants}`, seconds.toFixed(1), peakMiB.toFixed(0)]),
    ),
  ].join("\n\n");
}

/** `4 cores (AMD EPYC 7763), 16 GiB, Node 24.21.0, linux x64, 2026-11-21` */
export function machineLine(today = new Date()): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() || "unknown processor";
  return [
    `${processors.length} cores (${model})`,
    `${memory} GiB`,
    `Node ${process.versions.node}`,
    `${process.platform} ${process.arch}`,
    `${today.toISOString().slice(0, 10)}.`,
  ].join(", ");
}
