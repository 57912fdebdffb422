import { stringify } from "yaml";
import { dangersOf } from "./danger.ts";
import { type PreviewEvents, previewEvents, type Step } from "./events.ts";
import { inputChanges, type PropertyChange } from "./inputsDiff.ts";
import { type Change, type StackPreview, type StepKind, stepKinds } from "./model.ts";
import { plannedSteps } from "./plannedSteps.ts";
import { pathParts } from "./propertyPath.ts";
import { holdsCredentials, shownInputs } from "./shownInputs.ts";

/** The result of `pulumi preview --json`; events.ts has what it prints. */
export interface PreviewRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stack of which there is no preview, and why. */
export function noPreview(
  stack: string,
  outcome: Exclude<StackPreview["outcome"], "previewed">,
  message?: string,
): StackPreview {
  return {
    stack,
    outcome,
    ...(message === undefined ? {} : { message }),
    isNew: false,
    counts: { create: 0, update: 0, delete: 0, replace: 0, same: 0 },
    dangers: [],
    warnings: [],
    changes: [],
  };
}

/**
 * @param asksPolicies whether a policy pack took part
 * @throws UserError if the engine says something that cannot be read
 */
export function stackPreview(stack: string, run: PreviewRun, asksPolicies: boolean): StackPreview {
  const events = previewEvents(run.stdout);
  const failure = failureOf(run, events);
  const planned = plannedSteps(events.steps);
  const changed = planned.flatMap(({ step, kind }) => (kind === "same" ? [] : [{ step, kind }]));
  const counted = (kind: StepKind | "same") => planned.filter((each) => each.kind === kind).length;
  return {
    ...noPreview(stack, "failed", failure),
    ...(failure === undefined ? { outcome: "previewed" } : {}),
    isNew: planned.some(({ step, kind }) => step.type === "pulumi:pulumi:Stack" && kind === "create"),
    counts: {
      create: counted("create"),
      update: counted("update"),
      delete: counted("delete"),
      replace: counted("replace"),
      same: counted("same"),
    },
    dangers: planned.flatMap(({ step, kind }) => {
      const reasons = dangersOf(step, kind);
      // What is the same but for its protection is written to the state by an update.
      return reasons.length === 0
        ? []
        : [{ kind: kind === "same" ? "update" : kind, ...labelOf(step), reasons }];
    }),
    ...(asksPolicies ? { policies: policiesOf(events) } : {}),
    warnings: messages(events, "warning"),
    changes: grouped(changed),
  };
}

const labelOf = ({ type, urn }: Pick<Step, "type" | "urn">) => ({
  type: type.split(":").at(-1) ?? type,
  name: nameOf(urn),
});

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** Changes with equal differences as one; deletions first, new resources last, because a bounded comment is cut at its end. */
function grouped(changed: readonly { step: Step; kind: StepKind }[]): Change[] {
  const single = changed.map(({ step, kind }): Change => {
    const { type, name } = labelOf(step);
    return { kind, type, names: [name], ...differences(step, kind) };
  });
  const alike = Map.groupBy(single, ({ names: _names, ...rest }) => JSON.stringify(rest));
  return [...alike.values()]
    .flatMap((group) => {
      const [first] = group;
      return first ? [{ ...first, names: group.flatMap(({ names }) => names).sort() }] : [];
    })
    .sort((one, other) => rank(one) - rank(other) || (sortKey(one) < sortKey(other) ? -1 : 1));
}

const rank = ({ kind }: Change): number => -stepKinds.indexOf(kind);
const sortKey = ({ names, type }: Change): string => `${names[0]} ${type}`;

function differences(step: Step, kind: StepKind): Pick<Change, "properties" | "inputs"> {
  const shown = (state: Step["old"]) => shownInputs(state?.inputs ?? {}, step.type);
  if (kind === "delete") {
    return { properties: [] };
  }
  if (kind === "create") {
    const inputs = shown(step.new);
    const isEmpty = Object.keys(inputs).length === 0;
    return { properties: [], ...(isEmpty ? {} : { inputs: stringify(inputs, { lineWidth: 0 }).trimEnd() }) };
  }
  const properties = inputChanges(shown(step.old), shown(step.new));
  const unseen = unseenChanges(step).filter(({ path }) => !properties.some((each) => each.path === path));
  if (properties.length === 0) {
    return { properties: unseen };
  }
  return { properties: [...properties, ...unseen.filter(({ path }) => holdsCredentials(step.type, path))] };
}

/**
 * A secret in the place of another secret, or what only the provider sees. Of a Secret it is one line, not a key each:
 * where the new credentials are not known yet, the official provider calls every key deleted.
 */
function unseenChanges({ type, detailedDiff, diffs }: Step): PropertyChange[] {
  const paths = Object.keys(detailedDiff ?? {});
  const shown = (paths.length > 0 ? paths : diffs).map((path) => {
    const [top] = pathParts(path);
    return top !== undefined && holdsCredentials(type, top) ? top : path;
  });
  return [...new Set(shown)].map((path) => ({ path }));
}

function policiesOf({ policies }: PreviewEvents): NonNullable<StackPreview["policies"]> {
  return policies.map(({ policyName, policyPackName, enforcementLevel, resourceUrn, message }) => ({
    policy: `${policyPackName}/${policyName}`,
    level: enforcementLevel,
    ...(resourceUrn ? { resource: nameOf(resourceUrn) } : {}),
    message: message.trim().replace(/\s+/g, " "),
  }));
}

function failureOf({ code, stderr }: PreviewRun, events: PreviewEvents): string | undefined {
  if (code === 0 && events.isComplete) {
    return undefined;
  }
  // The engine's last word says nothing beside what made it fail.
  const errors = messages(events, "error").filter((message) => message !== "preview failed");
  if (errors.length > 0) {
    return errors.join("\n\n");
  }
  if (events.policies.some(({ enforcementLevel }) => enforcementLevel === "mandatory")) {
    return "A mandatory policy is broken; see Policies.";
  }
  if (stderr.trim() !== "") {
    return stderr.trim();
  }
  return code === 0
    ? "pulumi preview --json printed no events; use the version of Pulumi that package.json names"
    : `pulumi preview exited with ${code}`;
}

function messages({ diagnostics }: PreviewEvents, severity: "error" | "warning"): string[] {
  return diagnostics
    .filter((each) => each.severity === severity && !each.ephemeral && each.message.trim() !== "")
    .map(({ urn, message }) => (urn ? `${nameOf(urn)}: ${message.trim()}` : message.trim()));
}
