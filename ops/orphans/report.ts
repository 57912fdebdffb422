import { tableLines } from "../../lib/terminal/table.ts";
import { counted } from "../../lib/text.ts";
import type { Findings, Found, Orphan } from "./model.ts";
import type { Place } from "./place.ts";

/** `KubernetesCluster`, or the product's own words for what the program makes none of. */
const typeOf = ({ token, kind }: Pick<Found, "token" | "kind">): string =>
  token?.slice(token.lastIndexOf(":") + 1) ?? kind;

/** Whether everything was looked at and nothing found. */
export const isClean = ({ orphans, gaps }: Findings): boolean => orphans.length === 0 && gaps.length === 0;

export function findingsJson({ orphans, machines, known, gaps }: Findings, { stack, uin, region }: Place) {
  return {
    ok: orphans.length === 0 && gaps.length === 0,
    stack,
    account: uin,
    region,
    known,
    orphans: orphans.map(({ token, import: taking, delete: deletion, ...rest }) => ({
      type: typeOf({ token, kind: rest.kind }),
      ...rest,
      ...taking,
      delete: deletion,
    })),
    machines: machines.map(({ kind, id, region: where, resource }) => ({
      kind,
      id,
      region: where,
      resource,
    })),
    gaps,
  };
}

export function findingsText(findings: Findings, { stack, uin, region }: Place): string {
  const { orphans, machines, known, gaps } = findings;
  const place = `account ${uin}, ${region}`;
  const others = [
    `${counted(known, "resource")} of the state seen`,
    ...(machines.length === 0 ? [] : [`${counted(machines.length, "machine")} and such of its node pools`]),
  ].join(", ");
  const blocks = [
    ...(orphans.length === 0
      ? [
          `${gaps.length === 0 ? "Nothing" : "Nothing was found"} of ${stack} outside its state (${place}; ${others}).`,
        ]
      : orphanBlocks(orphans, `of ${stack} outside its state (${place}; ${others})`)),
    ...(gaps.length === 0
      ? []
      : [
          ["Not looked at, so there may be more:", ...gaps.map(({ what, why }) => `  ${what}: ${why}`)].join(
            "\n",
          ),
        ]),
  ];
  return blocks.join("\n\n");
}

function orphanBlocks(orphans: readonly Orphan[], where: string): string[] {
  return [
    `${counted(orphans.length, "resource")} ${where}:`,
    tableLines(
      [
        { title: "TYPE", value: typeOf },
        { title: "ID", value: ({ id }) => id },
        { title: "NAME", value: ({ resource, name }) => resource ?? name ?? "-" },
        { title: "REGION", value: ({ region }) => region || "-" },
        { title: "CREATED", value: ({ created = "-" }) => created },
      ],
      orphans,
    ).join("\n"),
    "Take each over, or delete it, before the next update makes another or stops at a name that is taken:\n" +
      "docs/tke.md, After a failed create.",
    ...orphans.map((orphan) => stepsOf(orphan, orphans)),
  ];
}

function stepsOf(orphan: Orphan, all: readonly Orphan[]): string {
  const { id, resource, import: taking, delete: deletion } = orphan;
  const same = all.filter((each) => each.token === orphan.token && each.resource === resource);
  const [first = "", ...others] = deletion;
  return [
    [typeOf(orphan), resource ?? "", id].filter((word) => word !== "").join(" "),
    `  take over: ${"command" in taking ? taking.command : `not possible: ${taking.impossible}`}`,
    ...("command" in taking && same.length > 1
      ? [`             one of ${same.length} that are ${resource}: the others must be deleted`]
      : []),
    `  or delete: ${first}`,
    ...others.map((step) => `             ${step}`),
  ].join("\n");
}
