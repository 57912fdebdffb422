import {
  bundle,
  mirrorOf,
  mirrorVariable,
  type OfficialPart,
  officialInventory,
  platformOf,
} from "../../embedded/index.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { shellQuote } from "../../lib/terminal/quote.ts";
import { tableLines } from "../../lib/terminal/table.ts";
import { embeddedOwner, type FleetStack, noSettings, readFleet } from "../../settings/stacks.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { orReport } from "../commandLine/orReport.ts";
import { outFolder } from "../stack/target.ts";

const help = {
  usage: "npm run plugins -- [options]",
  text: `Lists the official parts of Pulumi that the stacks need, of which version, and where each was found on this machine.
With --out it fetches them into a folder that serves two ways on a machine without a network: as a Pulumi home
(PULUMI_HOME=DIR, or copied to ~/.pulumi), and, behind any web server, as a mirror (${mirrorVariable}=URL).

  --stack NAME     a stack; may be given again. Unless given, dev and every stack that somebody has set up
  --all            every stack with settings, placeholders or not
  --check          exit code 1 if a part is missing
  --out DIR        fetch the parts of these stacks into DIR; what is there already stays
  --os, --arch     for another machine: linux or darwin, amd64 or arm64
  --json           the list as {"parts":[{"part","version","stacks","path"}]}; path is null for a missing part
  --help           print this`,
};

const options = {
  stack: { type: "string", multiple: true },
  all: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  out: { type: "string" },
  os: { type: "string" },
  arch: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { stack: names, all, check, out, os, arch, json } = parsed.values;
  if (all && names !== undefined) {
    throw new UsageError("--all and --stack exclude each other");
  }
  const stacks = chosenStacks(
    orReport(() => readFleet()),
    names,
    all,
  );
  if (out !== undefined) {
    if (check || json) {
      throw new UsageError("--check and --json are for the list, and --out prints none");
    }
    return fetchInto(outFolder(out), stacks, os, arch);
  }
  if (os !== undefined || arch !== undefined) {
    throw new UsageError("--os and --arch are for --out: the list is of this machine");
  }
  const parts = await officialInventory(stacks);
  console.log(json ? JSON.stringify({ parts: parts.map(asJson) }, null, 2) : partLines(parts).join("\n"));
  return check && parts.some(({ path }) => path === undefined) ? 1 : 0;
}

/** @throws UserError for a name that has no settings */
export function chosenStacks(
  fleet: readonly FleetStack[],
  names: readonly string[] | undefined,
  all: boolean,
): FleetStack[] {
  if (names === undefined) {
    return fleet.filter(({ stack, isPlaceholder }) => all || stack === embeddedOwner || !isPlaceholder);
  }
  return names.map((name) => {
    const found = fleet.find(({ stack }) => stack === name);
    if (found === undefined) {
      throw new UserError(
        noSettings(
          name,
          fleet.map(({ stack }) => stack),
        ),
      );
    }
    return found;
  });
}

const asJson = ({ path, ...part }: OfficialPart) => ({ ...part, path: path ?? null });

function partLines(parts: readonly OfficialPart[]): string[] {
  const missing = parts.filter(({ path }) => path === undefined).length;
  const lines = tableLines(
    [
      { title: "PART", value: ({ part }: OfficialPart) => part },
      { title: "VERSION", value: ({ version }) => version },
      { title: "FOR", value: ({ stacks }) => stacks.join(", ") },
      { title: "FOUND", value: ({ path }) => path ?? "missing" },
    ],
    parts,
  );
  return missing === 0
    ? lines
    : [...lines, "", `${missing} missing; docs/engine.md says where they come from, mirrors included.`];
}

async function fetchInto(
  folder: string,
  stacks: readonly FleetStack[],
  os: string | undefined,
  arch: string | undefined,
): Promise<number> {
  const mirror = mirrorOf(process.env);
  const platform = platformOf(os, arch);
  const archives = await bundle({ folder, stacks, platform, mirror, progress: terminalProgress() });
  const quoted = shellQuote(folder);
  console.log(
    [
      `${folder} has ${archives.length} archives for ${platform.os}-${platform.arch}, unpacked as well; SHA256SUMS lists them.`,
      "On the machine without a network, either of:",
      `  export PULUMI_HOME=${quoted} PATH=${quoted}/bin:"$PATH"`,
      `  export ${mirrorVariable}=URL   # of a web server that serves this folder`,
      "`npm run plugins -- --check` there says whether everything is found.",
    ].join("\n"),
  );
  return 0;
}
