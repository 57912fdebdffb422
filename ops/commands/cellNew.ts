import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../../lib/system/paths.ts";
import { printableLines } from "../../lib/text.ts";
import {
  embeddedOwner,
  type FleetStack,
  fleetStack,
  readFleet,
  settingsFile,
} from "../../settings/stacks.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { orReport } from "../commandLine/orReport.ts";
import {
  assertNewCell,
  type CellSource,
  cellFolder,
  cellFromOwner,
  cellFromSibling,
  cellSource,
  type NewCell,
} from "../fleet/newCell.ts";

const help = {
  usage: "npm run cell:new -- NAME (--from CELL | --platform STACK) [--dry-run]",
  text: `Makes a new cell: its settings, Pulumi.NAME.yaml, and its folder, tenants/NAME. Nothing outside the repository.

  --from CELL       copy the settings of this cell, with comments; it stays the only canary
  --platform STACK  copy the first cell of this platform; if there is none, begin with the instance settings of STACK
  --dry-run         print the settings, write nothing
  --help            print this`,
};

const options = {
  from: { type: "string" },
  platform: { type: "string" },
  "dry-run": { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help, ["NAME"]);
  if (parsed === undefined) {
    return 0;
  }
  const [name = ""] = parsed.words;
  const fleet = orReport(() => readFleet());
  const source = cellSource(fleet, parsed.values);
  assertNewCell(name, fleet, {
    settings: existsSync(join(repository, settingsFile(name))),
    folder: existsSync(join(repository, cellFolder(name))),
  });
  const made = await makeCell(source);
  if (parsed.values["dry-run"]) {
    const title = `# ${settingsFile(name)}, from ${settingsFile(source.stack.stack)}; not written`;
    console.log(printableLines(`${title}\n${made.text}`));
    return 0;
  }
  await writeCell(name, made);
  console.log(printableLines(reportText(fleetStack(name, made.text), source, made)));
  return 0;
}

async function makeCell({ kind, stack: { stack } }: CellSource): Promise<NewCell> {
  const text = await readFile(join(repository, settingsFile(stack)), "utf8");
  return kind === "sibling" ? cellFromSibling(text) : cellFromOwner(stack, text);
}

async function writeCell(name: string, { text }: NewCell): Promise<void> {
  const folder = join(repository, cellFolder(name));
  await mkdir(folder);
  // Git keeps no empty folder, and a cell whose folder is missing is taken for a mistake.
  await writeFile(join(folder, ".gitkeep"), "");
  await writeFile(join(repository, settingsFile(name)), text, { flag: "wx" });
}

function reportText(cell: FleetStack, source: CellSource, { secrets }: NewCell): string {
  const { stack, platform, tenantsFolder, isPlaceholder } = cell;
  const isEmbedded = platform === embeddedOwner;
  const steps = [
    ...(isPlaceholder ? [`write what is true for each <…> in ${settingsFile(stack)}`] : []),
    ...(isEmbedded ? [] : [`pulumi stack init ${stack}`, ...secrets.map((key) => setSecret(stack, key))]),
    `a first tenant: ${tenantsFolder}/<id>.yaml, then npm run check`,
    `npm run up -- --stack ${stack}${isEmbedded ? " --embedded" : ""}`,
  ];
  return [
    `${settingsFile(stack)}: settings, from ${settingsFile(source.stack.stack)}`,
    `${tenantsFolder}: its tenants, none yet`,
    "",
    "next:",
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
  ].join("\n");
}

const setSecret = (stack: string, key: string): string =>
  `pulumi config set --stack ${stack} --secret ${key}`;
