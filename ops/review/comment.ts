import { counted } from "../../lib/text.ts";
import { diffLines } from "./diffLines.ts";
import { fittingLines, type Limits, maxComment } from "./limits.ts";
import { code, codeBlock, folded } from "./markdown.ts";
import type { Review } from "./model.ts";
import {
  dangerSection,
  failureSection,
  policySection,
  resourceSection,
  warningSection,
} from "./stackSections.ts";
import {
  priceHeadline,
  priceSection,
  problemSection,
  tenantSection,
  tenantsHeadline,
} from "./tenantSections.ts";

/** Marks the one comment of a pull request that is written anew at every push; GitHub does not show it. */
export const commentMarker = "<!-- openclaw-tenants: review -->";

/** The number of tenants in one pull request above which nobody looks at each of them. */
const massChange = 10;

const everything: Limits = { rows: Number.POSITIVE_INFINITY, block: Number.POSITIVE_INFINITY };

/** The comment if it is too long even without its diff: hundreds of tenants, or endless output of an engine. */
const tighter: readonly Limits[] = [
  { rows: 100, block: 8_000 },
  { rows: 20, block: 2_000 },
];

/**
 * The review as a comment of a pull request, of at most {@link maxComment} characters. Room is made by cutting the
 * folded diff, and only where that is not enough by cutting the lists, which then say so.
 */
export function commentOf(review: Review): string {
  const bodies = [everything, ...tighter].map((limits) => sections(review, limits).join("\n\n"));
  const body = bodies.find(({ length }) => length + footRoom <= maxComment) ?? bodies.at(-1) ?? "";
  return [body, ...diffSection(review, maxComment - body.length - footRoom), foot(review)].join("\n\n");
}

/** Characters for the foot, the folded diff's frame, and what joins them. */
const footRoom = 1_500;

const sections = (review: Review, limits: Limits): string[] => [
  commentMarker,
  `## ${[tenantsHeadline(review), priceHeadline(review)].filter(Boolean).join(", ")}`,
  ...notices(review),
  ...problemSection(review, limits),
  ...failureSection(review, limits),
  ...dangerSection(review, limits),
  ...tenantSection(review, limits),
  ...priceSection(review, limits),
  ...resourceSection(review, limits),
  ...policySection(review, limits),
  ...warningSection(review, limits),
];

/** Lines that a reviewer must not miss. */
function notices({ tenants, touched, findings, problems, previews }: Review): string[] {
  const failed = previews.filter(({ outcome }) => outcome === "failed").length;
  const dangers = previews.flatMap((preview) => preview.dangers).length;
  const mandatory = previews
    .flatMap(({ policies = [] }) => policies)
    .filter(({ level }) => level === "mandatory");
  const isProgram = touched.some(({ because }) => because.includes("program"));
  const lines = [
    ...(problems === undefined
      ? []
      : ["**Refused: tenant files are wrong.** Nothing may be merged before they are right."]),
    ...(failed === 0 ? [] : [`**${counted(failed, "preview")} failed.**`]),
    ...(dangers === 0 ? [] : [`**${counted(dangers, "destructive change")}.**`]),
    ...(mandatory.length === 0
      ? []
      : [`**${counted(mandatory.length, "violation")} of a mandatory policy.**`]),
    ...(isProgram ? [`**Program change:** all stacks run it (${counted(touched.length, "stack")}).`] : []),
    ...(tenants.length > massChange
      ? [`**Mass change:** ${tenants.length} tenants in one pull request.`]
      : []),
    ...findings.map((finding) => `**Not in any preview:** ${code(finding)}`),
  ];
  return lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join("\n")];
}

function diffSection(review: Review, room: number): string[] {
  const lines = diffLines(review);
  if (lines.length === 0) {
    return [];
  }
  const changes = review.previews.flatMap((preview) => preview.changes.flatMap(({ names }) => names));
  const text = fittingLines(lines, room).join("\n");
  return [folded(`Full diff of ${counted(changes.length, "resource")}`, codeBlock(text, "diff"))];
}

function foot({ base, head }: Review): string {
  const short = (commit: string) => code(commit.slice(0, 10));
  const uncommitted = head.hasUncommitted ? " with what is not committed yet" : "";
  const name = base.commit.startsWith(base.ref) ? "" : ` (where it left ${code(base.ref)})`;
  return `Commit ${short(head.commit)}${uncommitted}, compared with ${short(base.commit)}${name}.`;
}
