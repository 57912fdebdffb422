import { UserError } from "../../lib/terminal/errors.ts";
import type { Step } from "./version.ts";

/**
 * CHANGELOG.md, by Keep a Changelog 1.1.0: `## [Unreleased]`, then `## [0.2.0] - 2026-11-26`, and the addresses of both at
 * the end. Sections of the older form, `## 0.2.0 (2026-11-26)`, are read as well.
 */

const file = "CHANGELOG.md";

const unreleasedHeading = /^##\s+\[?unreleased\]?\s*$/i;
const versionHeading = /^##\s+\[?(\d+\.\d+\.\d+)\]?(?:\s+(?:-\s+|\()\d{4}-\d{2}-\d{2}\)?)?\s*$/;
const partHeading = /^###\s+(.+?)\s*$/;
const addressLine = /^\[[^\]]+\]:\s*\S+\s*$/;
const unreleasedAddress = /^\[unreleased\]:\s*(\S+)\/compare\/(\S+)\.\.\.\S+\s*$/i;

/** Parts that say that a patch is not enough: what is new, gone or wants something done. */
const morePartsThanPatch = ["added", "removed", "deprecated", "do this when you update"];

/**
 * The lines under Unreleased.
 *
 * @throws UserError if there is no such section
 */
function unreleased(lines: readonly string[]): { readonly at: number; readonly lines: readonly string[] } {
  const at = lines.findIndex((line) => unreleasedHeading.test(line));
  if (at === -1) {
    throw new UserError(
      `${file}: the heading "## [Unreleased]" is required, above the newest version. Write under it what is new.`,
    );
  }
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => /^##\s/.test(line) || addressLine.test(line));
  return { at, lines: end === -1 ? rest : rest.slice(0, end) };
}

/** Versions that have a section, newest first. */
export const releasedVersions = (text: string): string[] =>
  text.split("\n").flatMap((line) => versionHeading.exec(line)?.[1] ?? []);

/** @throws UserError if nothing is unreleased, or more than a patch's worth is */
export function assertReleasable(text: string, step: Step): void {
  const { lines } = unreleased(text.split("\n"));
  const said = lines.join("\n").replace(/<!--[\s\S]*?-->/g, "");
  if (said.split("\n").every((line) => line.trim() === "" || partHeading.test(line))) {
    throw new UserError(
      `${file}: nothing stands under Unreleased. Write what this version brings, for whoever takes it.`,
    );
  }
  const more = lines
    .map((line) => partHeading.exec(line)?.[1] ?? "")
    .filter((part) => morePartsThanPatch.includes(part.toLowerCase()));
  if (step === "patch" && more.length > 0) {
    throw new UserError(
      `${file}: "${more.join('", "')}" under Unreleased is more than a patch by SemVer; \`npm run release -- minor\`, or major.`,
    );
  }
}

/**
 * The changelog in which what was unreleased is a version's. Addresses are kept up only where Unreleased has one.
 *
 * @param date YYYY-MM-DD
 */
export function releasedChangelog(text: string, version: string, date: string): string {
  const lines = text.split("\n");
  const { at } = unreleased(lines);
  return lines
    .flatMap((line, index) =>
      index === at ? [line, "", `## [${version}] - ${date}`] : withAddress(line, version),
    )
    .join("\n");
}

function withAddress(line: string, version: string): string[] {
  const [, repository, last] = unreleasedAddress.exec(line) ?? [];
  return repository === undefined || last === undefined
    ? [line]
    : [
        `[Unreleased]: ${repository}/compare/v${version}...HEAD`,
        `[${version}]: ${repository}/compare/${last}...v${version}`,
      ];
}
