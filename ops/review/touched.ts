import { dirname } from "node:path/posix";
import type { FleetStack } from "../../settings/stacks.ts";
import type { ChangedFile } from "./git.ts";

/** The reasons that a stack must be previewed: its tenants, its settings, the program that all stacks run, or what it must obey. */
export const touchReasons = ["tenants", "settings", "program", "policy"] as const;
export type TouchReason = (typeof touchReasons)[number];

export interface TouchedStack {
  readonly stack: string;
  readonly because: readonly TouchReason[];
}

export interface Touched {
  /** The stacks in the order of their updates: owners of platforms, then canary cells, then the others. */
  readonly stacks: readonly TouchedStack[];
  /** Changes that no preview shows, in words. */
  readonly findings: readonly string[];
}

/**
 * The stacks whose preview may differ because these files have changed.
 *
 * A changed platform touches its owner alone: its cells read what the owner's last update said, so nothing changes for
 * them before the owner is updated.
 */
export function touchedStacks(files: readonly ChangedFile[], fleet: readonly FleetStack[]): Touched {
  const effects = files.map((file) => effectOf(file, fleet));
  const reasonsOf = (stack: string): TouchReason[] =>
    touchReasons.filter((reason) =>
      effects.some((effect) => effect.reason === reason && (effect.stacks?.includes(stack) ?? true)),
    );
  return {
    stacks: fleet.toSorted(inOrderOfUpdate).flatMap(({ stack }) => {
      const because = reasonsOf(stack);
      return because.length === 0 ? [] : [{ stack, because }];
    }),
    findings: effects.flatMap(({ finding }) => finding ?? []),
  };
}

function inOrderOfUpdate(one: FleetStack, other: FleetStack): number {
  return rank(one) - rank(other) || (one.stack < other.stack ? -1 : 1);
}

const rank = ({ role, canary }: FleetStack): number => (role === "owner" ? 0 : canary ? 1 : 2);

/** The effect of a changed file. */
interface Effect {
  readonly reason?: TouchReason;
  /** Every stack if not given. */
  readonly stacks?: readonly string[];
  readonly finding?: string;
}

function effectOf(file: ChangedFile, fleet: readonly FleetStack[]): Effect {
  const { path } = file;
  const stack = /^Pulumi\.(?<stack>.+)\.yaml$/s.exec(path)?.groups?.stack;
  if (stack !== undefined) {
    return file.status === "deleted"
      ? { finding: deletedSettings(path, stack) }
      : { reason: "settings", stacks: [stack] };
  }
  if (isYaml(path) && (path.startsWith("tenants/") || tenantsOf(path, fleet).length > 0)) {
    const stacks = tenantsOf(path, fleet);
    return stacks.length > 0 ? { reason: "tenants", stacks } : { finding: unreadFile(file) };
  }
  if (path.startsWith("policy/")) {
    return isDocument(path) ? {} : { reason: "policy" };
  }
  // What is not known to be harmless is taken for a part of the program: a preview too many costs seconds.
  return isDocument(path) || harmless.some((pattern) => pattern.test(path)) ? {} : { reason: "program" };
}

const tenantsOf = (path: string, fleet: readonly FleetStack[]): string[] =>
  fleet.flatMap(({ stack, tenantsFolder }) => (dirname(path) === tenantsFolder ? [stack] : []));

/** Whether the loader reads a file of this name: either extension, in any case. */
const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);

const isDocument = (path: string): boolean => /\.md$/i.test(path);

/** Files that no program of a stack ever reads. */
const harmless: readonly RegExp[] = [
  /^(bench|docs|embedded|ops|test|tools)\//,
  // .github, .gitignore, editors' settings; but packages are installed by what .npmrc says.
  /^\.(?!npmrc$)/,
  /^(LICENSE|CODEOWNERS|biome\.json|tsconfig\.json|vitest\.config\.ts)$/,
  // In tenants/ the programs alone count: the JSON Schema is for editors, and git keeps no empty folder.
  /^tenants\/(.*\/)?[^/]*(?<!\.ts)$/,
];

const deletedSettings = (path: string, stack: string): string =>
  `${path} is deleted: nothing looks after the stack ${stack} any more, and what it has made stays and costs. ` +
  `Put the file back, or first run pulumi destroy -s ${stack} and pulumi stack rm ${stack}.`;

function unreadFile({ path, status }: ChangedFile): string {
  const folder = dirname(path);
  return status === "deleted"
    ? `${path} is deleted, and no stack reads ${folder}: no preview says what becomes of the tenant.`
    : `${path} is of no effect: no stack reads ${folder}. Tenant files are in tenants/<cell>/, beside a Pulumi.<cell>.yaml.`;
}
