import { existsSync } from "node:fs";
import { join } from "node:path";
import { jsonText } from "../../lib/system/json.ts";
import { repository } from "../../lib/system/paths.ts";
import { type Column, money, tableLines } from "../../lib/terminal/table.ts";
import { counted, printableLines } from "../../lib/text.ts";
import { tenantsFolders } from "../../settings/folders.ts";
import { readFleet, stackOfCell } from "../../settings/stacks.ts";
import { loadTenants } from "../../tenants/load.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { orReport } from "../commandLine/orReport.ts";
import { accountWarnings, clusterWarnings } from "../fleet/limits.ts";
import { type CellRoom, type ClusterRoom, cellRooms, clusterRooms, nextCell } from "../fleet/room.ts";

const help = {
  usage: "npm run cells -- [--json]",
  text: `How full each cell is, by the committed files alone: tenants of every state, the most it may hold
(openclaw:maxTenants), room, list price in CNY a month. Below it, each cluster, limits of its cloud that it meets, and
the cell that the next tenant should go to: the one with the most room that is no canary.

  --json    {"cells": [{"cell", "platform", "tenants", "maxTenants", "free", "monthlyCny", "canary",
            "isPlaceholder"}], "clusters": [{"platform", "clusterKind", "cells", "tenants", "maxTenants",
            "warnings"}], "warnings", "next": cell or null}
  --help    print this`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { json: { type: "boolean", default: false } }, help);
  if (parsed === undefined) {
    return 0;
  }
  const report = orReport(readReport);
  console.log(parsed.values.json ? jsonText(report) : reportText(report));
  return 0;
}

interface CellsReport {
  readonly cells: readonly CellRoom[];
  readonly clusters: readonly (ClusterRoom & { readonly warnings: readonly string[] })[];
  readonly warnings: readonly string[];
  readonly next: string | null;
}

/** @throws TenantFilesError with every wrong file */
function readReport(): CellsReport {
  const fleet = readFleet();
  const domain = (cell: string) => stackOfCell(fleet, cell)?.domain;
  const tenants = loadTenants(tenantsFolders(fleet), { domain });
  const cells = cellRooms(fleet, tenants, ({ tenantsFolder }) => existsSync(join(repository, tenantsFolder)));
  const clusters = clusterRooms(cells, fleet);
  return {
    cells,
    clusters: clusters.map((cluster) => ({ ...cluster, warnings: clusterWarnings(cluster) })),
    warnings: accountWarnings(clusters),
    next: nextCell(cells, clusters)?.cell ?? null,
  };
}

const columns: readonly Column<CellRoom>[] = [
  { title: "CELL", value: ({ cell }) => cell },
  { title: "PLATFORM", value: ({ platform }) => platform },
  { title: "TENANTS", value: ({ tenants }) => String(tenants), align: "right" },
  { title: "MAX", value: ({ maxTenants }) => String(maxTenants), align: "right" },
  { title: "FREE", value: ({ free }) => String(free), align: "right" },
  { title: "CNY/MONTH", value: ({ monthlyCny }) => money(monthlyCny), align: "right" },
  {
    title: "",
    value: ({ canary, isPlaceholder }) =>
      [...(canary ? ["canary"] : []), ...(isPlaceholder ? ["not set up"] : [])].join(", "),
  },
];

function reportText({ cells, clusters, warnings, next }: CellsReport): string {
  const clusterLines = clusters.flatMap((cluster) => {
    const { platform, clusterKind = "unknown", tenants, maxTenants } = cluster;
    const size = `${tenants} of ${counted(maxTenants, "tenant")} in ${counted(cluster.cells, "cell")}`;
    return [
      `cluster of ${platform} (${clusterKind}): ${size}`,
      ...cluster.warnings.map((text) => `  ${text}`),
    ];
  });
  const last = nextLine(cells.find(({ cell }) => cell === next));
  return printableLines(
    [...tableLines(columns, cells), "", ...clusterLines, ...warnings, "", last].join("\n"),
  );
}

function nextLine(next: CellRoom | undefined): string {
  if (next === undefined) {
    return "No cell that is set up has room; `npm run cell:new -- NAME --platform STACK` makes one.";
  }
  const why = next.canary
    ? "only canaries have room, and this one has the most"
    : "it has the most room of the cells that are no canary";
  return `The next tenant should go to ${next.cell}: ${why}.`;
}
