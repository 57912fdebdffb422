import { counted, printable } from "../../lib/text.ts";
import { signs } from "./diffLines.ts";
import { bounded, cut, type Limits } from "./limits.ts";
import { code, codeBlock, table } from "./markdown.ts";
import type { Danger, Review, StackPreview } from "./model.ts";

/** Sections of a comment about stacks: what their previews say. Each is empty or whole. */

export function resourceSection({ previews, touched }: Review, limits: Limits): string[] {
  const because = (stack: string) =>
    touched.find((each) => each.stack === stack)?.because.join(", ") ?? "asked for";
  const previewed = bounded(
    previews.filter(({ outcome }) => outcome === "previewed"),
    limits,
  );
  const others = bounded(notPreviewed({ previews, touched }), limits);
  if (previewed.shown.length + others.shown.length === 0) {
    return [];
  }
  return [
    "### Resources",
    ...(previewed.shown.length === 0 ? [] : [resourceTable(previewed.shown, because)]),
    ...previewed.rest,
    ...previewed.shown
      .filter(({ isNew }) => isNew)
      .map(
        ({ stack }) => `Nothing of ${code(stack)} exists yet where this was previewed, so all of it is new.`,
      ),
    ...others.shown,
    ...others.rest,
  ];
}

function resourceTable(previews: readonly StackPreview[], because: (stack: string) => string): string {
  const kinds = ["create", "update", "delete", "replace"] as const;
  return table(
    [
      { title: "stack", value: ({ stack }) => code(stack) },
      { title: "because of", value: ({ stack }) => because(stack) },
      ...kinds.map((kind) => ({
        title: `${signs[kind]} ${kind}`,
        value: ({ counts }: StackPreview) => String(counts[kind]),
        align: "right" as const,
      })),
      { title: "same", value: ({ counts }) => String(counts.same), align: "right" },
    ],
    previews,
  );
}

function notPreviewed({ previews, touched }: Pick<Review, "previews" | "touched">): string[] {
  const missing = touched.filter(({ stack }) => !previews.some((preview) => preview.stack === stack));
  return [
    ...previews.flatMap(({ stack, outcome }) =>
      outcome === "notSetUp"
        ? [`- ${code(stack)} is not set up (its settings still hold placeholders), so not previewed.`]
        : outcome === "refused"
          ? [`- ${code(stack)} is not previewed, because tenant files are refused.`]
          : [],
    ),
    ...missing.map(({ stack }) => `- ${code(stack)} is touched, and not previewed here.`),
  ];
}

export function failureSection({ previews }: Review, limits: Limits): string[] {
  const { shown, rest } = bounded(
    previews.filter(({ outcome }) => outcome === "failed"),
    limits,
  );
  return [
    ...shown.flatMap(({ stack, message = "" }) => [
      `### Failed: ${code(stack)}`,
      "`pulumi up` would be refused, or fail, in this way:",
      codeBlock(cut(message, limits)),
    ]),
    ...rest,
  ];
}

export function dangerSection({ previews }: Review, limits: Limits): string[] {
  const items = previews.flatMap(({ stack, dangers }) => dangers.map((danger) => dangerText(stack, danger)));
  const { shown, rest } = bounded(items, limits);
  return items.length === 0 ? [] : ["### Destructive", shown.join("\n"), ...rest];
}

const dangerText = (stack: string, { kind, type, name, reasons }: Danger): string =>
  `- **${kind} ${code(`${type} ${name}`)}** in ${code(stack)}: ${printable(reasons.join("; "))}`;

/** Nothing where no policy pack was asked. */
export function policySection({ previews }: Review, limits: Limits): string[] {
  const asked = previews.flatMap(({ stack, policies }) => (policies ? [{ stack, policies }] : []));
  if (asked.length === 0) {
    return [];
  }
  const items = asked.flatMap(({ stack, policies }) =>
    policies.map(({ policy, level, resource, message }) => {
      const where = resource === undefined ? code(stack) : `${code(resource)} in ${code(stack)}`;
      const what = level === "mandatory" ? `**${level}**` : level;
      return `- ${what} ${code(policy)} on ${where}: ${code(message)}`;
    }),
  );
  const { shown, rest } = bounded(items, limits);
  return [
    "### Policies",
    items.length === 0 ? `No violation in ${counted(asked.length, "stack")}.` : shown.join("\n"),
    ...rest,
  ];
}

export function warningSection({ previews }: Review, limits: Limits): string[] {
  const items = previews.flatMap(({ stack, warnings }) => warnings.map((warning) => `${stack}: ${warning}`));
  const { shown, rest } = bounded(items, limits);
  return items.length === 0 ? [] : ["### Warnings", codeBlock(cut(shown.join("\n"), limits)), ...rest];
}
