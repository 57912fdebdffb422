import { UserError } from "../../lib/terminal/errors.ts";
import type { FleetStack } from "../../settings/stacks.ts";

/** Names of stacks in the order in which a merge is applied: each stage waits for the one before, whole and healthy. */
export interface Stages {
  readonly platforms: readonly string[];
  readonly canaries: readonly string[];
  readonly cells: readonly string[];
}

/** The stack of the embedded cluster: it exists on developers' machines only. */
const developmentStack = "dev";

/** Whether CI previews, applies and watches it: somebody has set it up, and it is not the one for trying. */
const isDeployed = ({ stack, isPlaceholder }: FleetStack): boolean =>
  !isPlaceholder && stack !== developmentStack;

/**
 * @param chosen names of stacks; those that CI leaves alone are left out
 * @throws UserError for a name that no stack has
 */
export function stagesOf(chosen: readonly string[], fleet: readonly FleetStack[]): Stages {
  const unknown = chosen.filter((name) => !fleet.some(({ stack }) => stack === name));
  if (unknown.length > 0) {
    throw new UserError(
      `There is no Pulumi.${unknown[0]}.yaml, so there is no stack ${unknown[0]} to work on.`,
    );
  }
  const stacks = fleet.filter((stack) => chosen.includes(stack.stack) && isDeployed(stack));
  const named = (belongs: (stack: FleetStack) => boolean) => stacks.filter(belongs).map(({ stack }) => stack);
  return {
    platforms: named(({ role }) => role === "owner"),
    canaries: named(({ role, canary }) => role === "cell" && canary),
    cells: named(({ role, canary }) => role === "cell" && !canary),
  };
}

/** Names of the stages, and `stacks`, all of them in order. */
export const stageNames = ["platforms", "canaries", "cells", "stacks"] as const;
export type StageName = (typeof stageNames)[number];

export function namesOf({ platforms, canaries, cells }: Stages, stage: StageName): readonly string[] {
  return { platforms, canaries, cells, stacks: [...platforms, ...canaries, ...cells] }[stage];
}

/** `name=[…]` lines for $GITHUB_OUTPUT. */
export const outputLines = (stages: Stages): string =>
  stageNames.map((name) => `${name}=${JSON.stringify(namesOf(stages, name))}`).join("\n");
