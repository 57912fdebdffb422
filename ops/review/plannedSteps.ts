import { changesNothing, comparableStep } from "./comparable.ts";
import type { Step } from "./events.ts";
import { inputChanges } from "./inputsDiff.ts";
import type { StepKind } from "./model.ts";

export interface PlannedStep {
  readonly step: Step;
  readonly kind: StepKind | "same";
}

/** One step a resource: a replacement is several to the engine. */
export function plannedSteps(steps: readonly Step[]): PlannedStep[] {
  // A refresh before the plan has the state as it was saved; what is there is the next step's old state.
  const planned = steps.filter(({ op }) => kindOf(op) !== undefined);
  return [...Map.groupBy(planned, ({ urn }) => urn).values()].flatMap((ofOne) => {
    const kinds = ofOne.map(({ op }) => kindOf(op));
    const kind = (["replace", "delete", "create", "update", "same"] as const).find((each) =>
      kinds.includes(each),
    );
    const told = mergedStep(ofOne);
    if (kind === undefined || told === undefined) {
      return [];
    }
    const isNone = kind === "update" && (isFreshAccess(told) || changesNothing(told));
    return [{ step: comparableStep(told), kind: isNone ? "same" : kind }];
  });
}

/** The state before the first step and after the last one, with what all of them say. */
function mergedStep(steps: readonly Step[]): Step | undefined {
  const [first] = steps;
  return (
    first && {
      ...first,
      old: steps.find(({ old }) => old)?.old,
      new: steps.findLast(({ new: state }) => state)?.new,
      keys: [...new Set(steps.flatMap(({ keys }) => keys))],
    }
  );
}

function kindOf(op: string): StepKind | "same" | undefined {
  switch (op) {
    case "same":
      return "same";
    case "create":
    case "import":
      return "create";
    case "update":
      return "update";
    case "delete":
      return "delete";
    case "replace":
    case "create-replacement":
    case "import-replacement":
    case "delete-replaced":
      return "replace";
    default:
      // read, refresh, discard …: the world is as it was.
      return undefined;
  }
}

/** A provider whose short-lived kubeconfig is another one than last time: every preview would show it. */
function isFreshAccess({ type, old, new: now }: Step): boolean {
  if (!type.startsWith("pulumi:providers:") || !old || !now) {
    return false;
  }
  const { kubeconfig: _was, ...before } = old.inputs;
  const { kubeconfig: _is, ...after } = now.inputs;
  return "kubeconfig" in now.inputs && inputChanges(before, after).length === 0;
}
