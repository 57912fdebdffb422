import { money } from "../../lib/terminal/table.ts";
import { counted } from "../../lib/text.ts";
import { bounded, cut, type Limits } from "./limits.ts";
import { code, codeBlock, table } from "./markdown.ts";
import type { Review } from "./model.ts";
import { type FieldChange, isGrave, type TenantChange, tenantChangeKinds } from "./tenantChanges.ts";

/** Sections of a comment about tenants: what changes for them, and what it costs. Each is empty or whole. */

/** `2 tenants added, 1 suspended`. */
export function tenantsHeadline({ tenants }: Pick<Review, "tenants">): string {
  const counts = tenantChangeKinds.flatMap((kind) => {
    const { length } = tenants.filter((tenant) => tenant.kind === kind);
    return length === 0 ? [] : [{ kind: kind === "plan changed" ? "on another plan" : kind, length }];
  });
  const [first, ...others] = counts;
  return first === undefined
    ? "No tenant changed"
    : [
        `${counted(first.length, "tenant")} ${first.kind}`,
        ...others.map(({ kind, length }) => `${length} ${kind}`),
      ].join(", ");
}

/** `CNY 1,976.00 → 2,244.00 a month (+268.00)`, or nothing where the price stays. */
export function priceHeadline({ prices: { total } }: Pick<Review, "prices">): string | undefined {
  const { beforeCny, afterCny } = total;
  return beforeCny === afterCny
    ? undefined
    : `CNY ${money(beforeCny)} → ${money(afterCny)} a month (${signed(afterCny - beforeCny)})`;
}

export function problemSection({ problems }: Review, limits: Limits): string[] {
  return problems === undefined ? [] : ["### Refused tenant files", codeBlock(cut(problems, limits))];
}

export function tenantSection({ tenants }: Review, limits: Limits): string[] {
  if (tenants.length === 0) {
    return [];
  }
  const { shown, rest } = bounded(tenants, limits);
  return [
    "### Tenants",
    table(
      [
        { title: "tenant", value: ({ id }) => code(id) },
        { title: "name", value: ({ displayName }) => code(displayName) },
        { title: "cell", value: ({ cell }) => code(cell) },
        { title: "change", value: changeText },
      ],
      shown,
    ),
    ...rest,
  ];
}

/** A kind that says no more than its fields do gives way to them, and the other way round. */
function changeText({ kind, fields }: TenantChange): string {
  if (kind === "removed") {
    return `${marked(kind)}; it was: ${fields.map(({ field, from = "" }) => `${field} ${code(from)}`).join("; ")}`;
  }
  const what = fields
    .filter(({ field }) => field !== "state" || kind === "added")
    .map(fieldText)
    .join("; ");
  if (what === "") {
    return marked(kind);
  }
  return kind === "plan changed" || kind === "changed" ? what : `${marked(kind)}: ${what}`;
}

const marked = (kind: TenantChange["kind"]): string => (isGrave(kind) ? `**${kind}**` : kind);

function fieldText({ field, from, to }: FieldChange): string {
  if (from === undefined && to === undefined) {
    return `${field} (not shown)`;
  }
  if (from === undefined) {
    return `${field} ${code(to ?? "")}`;
  }
  return to === undefined ? `${field} ${code(from)} → none` : `${field} ${code(from)} → ${code(to)}`;
}

/** Tenants that change, every cell that has one of them, and the sum over the whole fleet. */
export function priceSection({ prices, tenants }: Review, limits: Limits): string[] {
  const isTouched = (cell: string) =>
    tenants.some((tenant) => tenant.cell === cell || tenant.fields.some((field) => field.from === cell));
  const cells = prices.cells.filter(
    ({ cell, beforeCny, afterCny }) => beforeCny !== afterCny || isTouched(cell),
  );
  if (cells.length === 0) {
    return [];
  }
  const rows = cells.flatMap(({ cell, ...sum }) => [
    ...prices.tenants
      .filter(
        (price) =>
          price.cell === cell &&
          (price.beforeCny !== price.afterCny || tenants.some(({ id }) => id === price.id)),
      )
      .map(({ id, beforeCny, afterCny }) => ({ label: code(id), cell, beforeCny, afterCny })),
    { label: "*whole cell*", cell, ...sum },
  ]);
  const { shown, rest } = bounded(rows, limits);
  const total = { label: "**all cells**", cell: "", ...prices.total };
  return [
    "### List price, CNY a month",
    table(
      [
        { title: "tenant", value: ({ label }) => label },
        { title: "cell", value: ({ cell }) => (cell === "" ? "" : code(cell)) },
        { title: "before", value: ({ beforeCny }) => money(beforeCny), align: "right" },
        { title: "after", value: ({ afterCny }) => money(afterCny), align: "right" },
        { title: "change", value: ({ beforeCny, afterCny }) => signed(afterCny - beforeCny), align: "right" },
      ],
      [...shown, total],
    ),
    ...rest,
  ];
}

/** `+268.00`, `-0.50`, `0.00`. */
const signed = (cny: number): string => {
  const fen = Math.round(cny * 100) / 100;
  return fen > 0 ? `+${money(fen)}` : money(fen);
};
