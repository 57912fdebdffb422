import { repository } from "../../lib/system/paths.ts";
import { release, statesFolder } from "../../tools/release/index.ts";
import { parseCommand } from "../commandLine/arguments.ts";

const help = {
  usage: "npm run release -- VERSION [--dry-run]",
  text: `Makes a version of this program: the next by SemVer, which CONTRIBUTING.md says of what. VERSION is patch, minor, major,
or the version that one of them makes, such as 0.3.0.

Everything must be committed, main checked out, and something must stand under Unreleased in CHANGELOG.md. Then the
version is written into package.json, package-lock.json and CHANGELOG.md, committed, and tagged as vVERSION. Nothing is
pushed. After Ctrl-C the same command goes on where it was.

  --dry-run        check, and say what would be done; nothing is changed
  --help           print this`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { "dry-run": { type: "boolean", default: false } }, help, ["VERSION"]);
  if (parsed === undefined) {
    return 0;
  }
  const isDryRun = parsed.values["dry-run"];
  const { version, report } = await release({
    folder: repository,
    argument: parsed.words[0] ?? "",
    today: new Date().toISOString().slice(0, 10),
    isDryRun,
  });
  console.log(
    isDryRun ? ["would be done; nothing is changed:", ...report].join("\n") : nextSteps(version, report),
  );
  return 0;
}

const nextSteps = (version: string, report: readonly string[]): string =>
  [
    ...report,
    "",
    "next:",
    `  1. git push origin main v${version}`,
    `  2. npm run states -- --fleet --out ${statesFolder(version)}   # what later versions are to go on from`,
  ].join("\n");
