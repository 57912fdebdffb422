import { UsageError, UserError } from "../../lib/terminal/errors.ts";

/** Versions by SemVer 2.0.0, of the form X.Y.Z alone: this project publishes no pre-releases. */

export const steps = ["patch", "minor", "major"] as const;
export type Step = (typeof steps)[number];

const form = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

export const isVersion = (text: string): boolean => form.test(text);

/** @throws UserError for what is no X.Y.Z */
export function nextVersion(current: string, step: Step): string {
  const [, major, minor, patch] = (form.exec(current) ?? []).map(Number);
  if (major === undefined || minor === undefined || patch === undefined) {
    throw new UserError(`package.json: version must be X.Y.Z, and is "${current}".`);
  }
  switch (step) {
    case "patch":
      return `${major}.${minor}.${patch + 1}`;
    case "minor":
      return `${major}.${minor + 1}.0`;
    case "major":
      return `${major + 1}.0.0`;
  }
}

/** A version that may follow the current one, and which step it is. */
export interface Wanted {
  readonly version: string;
  readonly step: Step;
}

/**
 * @param argument `patch`, `minor`, `major`, or the version that one of them makes
 * @throws UsageError for what is neither
 * @throws UserError for a version that does not follow the current one
 */
export function wantedVersion(current: string, argument: string): Wanted {
  const next = steps.map((step) => ({ step, version: nextVersion(current, step) }));
  const wanted = next.find(({ step, version }) => argument === step || argument === version);
  if (wanted !== undefined) {
    return wanted;
  }
  if (!isVersion(argument)) {
    throw new UsageError(
      `"${argument}": must be patch, minor, major or a version of the form X.Y.Z, without a "v"`,
    );
  }
  const choices = next.map(({ step, version }) => `${version} (${step})`).join(", ");
  throw new UserError(`${argument} does not follow ${current}. What does by SemVer: ${choices}.`);
}
