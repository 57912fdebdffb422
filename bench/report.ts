import { cpus, totalmem } from "node:os";
import { markdownTable, type Section } from "../tools/docs/markdown.ts";
import type { EngineFigures } from "./engine.ts";
import type { ProgramFigures } from "./program.ts";

export interface BenchFigures {
  readonly runs: number;
  /** One or both, of the same sizes. */
  readonly engines: readonly EngineFigures[];
  readonly program: readonly ProgramFigures[];
}

/** The marks in docs/performance.md between which `npm run bench -- --write` writes. */
export const benchSection: Section = {
  start: "<!-- npm run bench writes from here -->",
  end: "<!-- to here -->",
};

export function markdownReport({ runs, engines, program }: BenchFigures, machine: string): string {
  return [
    `Medians of ${runs} runs, seconds of wall time. ${machine}`,
    engines.map(({ kind, engine }) => `${labels[kind]}: ${engineText(engine)}.`).join("\n"),
    addingTable(engines),
    fromNothingTable(engines),
    markdownTable(
      ["The program alone, under mocks", "seconds", "peak RSS, MiB"],
      program.map(({ tenants, seconds, peakMiB }) => [`${tenants}`, seconds.toFixed(1), peakMiB.toFixed(0)]),
    ),
  ].join("\n\n");
}

const labels = { official: "official", "stand-in": "stand-ins" } as const;

/** A description of an engine's parts, without the paths of the machine: `engine: pulumi 3.259.0 (/opt/…); …`. */
export const engineText = (description: string): string =>
  description.replace(/^engine: /, "").replaceAll(/ \(\/[^)]*\)/g, "");

function addingTable(engines: readonly EngineFigures[]): string {
  const sizes = engines[0]?.adding.map(({ others }) => others) ?? [];
  const column = (title: string, value: (figures: EngineFigures["adding"][number]) => string) =>
    engines.map(({ kind, adding }) => ({
      title: `${title}, ${labels[kind]}`,
      cells: adding.map(value),
    }));
  return columnsTable("Adding one tenant to", sizes, [
    ...column("`pulumi preview`", ({ preview }) => preview.toFixed(2)),
    ...column("`pulumi up`", ({ up }) => up.toFixed(2)),
    // The same for every engine.
    {
      title: "`kubectl apply` and rollout",
      cells: engines[0]?.adding.map(({ kubectl }) => kubectl.toFixed(2)) ?? [],
    },
    ...column("up / kubectl", ({ up, kubectl }) => (up / kubectl).toFixed(1)),
  ]);
}

function fromNothingTable(engines: readonly EngineFigures[]): string {
  const sizes = engines[0]?.fromNothing.map(({ tenants }) => tenants) ?? [];
  const column = (title: string, value: (figures: EngineFigures["fromNothing"][number]) => string) =>
    engines.map(({ kind, fromNothing }) => ({
      title: `${title}, ${labels[kind]}`,
      cells: fromNothing.map(value),
    }));
  return columnsTable("A cell from nothing", sizes, [
    ...column("`pulumi up`", ({ seconds }) => seconds.toFixed(1)),
    ...column("tenants a second", ({ tenants, seconds }) => (tenants / seconds).toFixed(1)),
    ...column("state, MiB", ({ stateMiB }) => stateMiB.toFixed(2)),
  ]);
}

function columnsTable(
  first: string,
  sizes: readonly number[],
  columns: readonly { title: string; cells: readonly string[] }[],
): string {
  return markdownTable(
    [first, ...columns.map(({ title }) => title)],
    sizes.map((size, index) => [`${size}`, ...columns.map(({ cells }) => cells[index] ?? "")]),
  );
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
