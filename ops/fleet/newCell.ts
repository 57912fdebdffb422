import { Document, isMap, isPair, isScalar, parseDocument, type YAMLMap } from "yaml";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { embeddedOwner, type FleetStack, settingsFile } from "../../settings/stacks.ts";
import { cellNameRule, isCellName } from "../../tenants/ids.ts";

/** The values of a new cell's settings. */
export type CellSource =
  | { readonly kind: "sibling"; readonly stack: FleetStack }
  | { readonly kind: "owner"; readonly stack: FleetStack };

/**
 * A cell to copy: the one given, or the first of the platform; without one the platform's own stack.
 *
 * @throws UsageError unless exactly one of both is given
 * @throws UserError for a stack that is not there or is of the other kind
 */
export function cellSource(
  fleet: readonly FleetStack[],
  { from, platform }: { readonly from?: string | undefined; readonly platform?: string | undefined },
): CellSource {
  if (from !== undefined && platform === undefined) {
    const stack = existing(fleet, from);
    if (stack.role === "owner") {
      throw new UserError(`${from} owns its platform; \`--platform ${from}\` makes a cell of it.`);
    }
    return { kind: "sibling", stack };
  }
  if (platform !== undefined && from === undefined) {
    const stack = existing(fleet, platform);
    if (stack.role === "cell") {
      throw new UserError(`${platform} is a cell of ${stack.platform}; \`--from ${platform}\` copies it.`);
    }
    const sibling = fleet.find((other) => other.role === "cell" && other.platform === platform);
    return sibling === undefined ? { kind: "owner", stack } : { kind: "sibling", stack: sibling };
  }
  throw new UsageError("Either --from CELL, to copy its settings, or --platform STACK is required");
}

function existing(fleet: readonly FleetStack[], name: string): FleetStack {
  const stack = fleet.find((other) => other.stack === name);
  if (stack === undefined) {
    const known = fleet.map(({ stack: each }) => each).join(", ");
    throw new UserError(`There is no ${settingsFile(name)}. Stacks with settings: ${known}.`);
  }
  return stack;
}

/** Files and stacks that already have the name of a new cell. */
export interface CellTraces {
  readonly settings: boolean;
  readonly folder: boolean;
}

/** @throws UserError for a name that is none, or taken, or left half-made */
export function assertNewCell(name: string, fleet: readonly FleetStack[], traces: CellTraces): void {
  if (!isCellName(name)) {
    throw new UserError(`A cell's name is ${cellNameRule}; "${name}" is not.`);
  }
  const file = settingsFile(name);
  const folder = cellFolder(name);
  const user = fleet.find(({ stack, tenantsFolder }) => stack !== name && tenantsFolder === folder);
  if (user !== undefined) {
    throw new UserError(`${folder} is the folder of ${user.stack} (openclaw:tenants); take another name.`);
  }
  if (traces.settings && traces.folder) {
    throw new UserError(`The cell ${name} is there: ${file} and ${folder}. Nothing is changed.`);
  }
  if (traces.settings || traces.folder) {
    const [there, missing] = traces.settings ? [file, folder] : [folder, file];
    throw new UserError(
      `The cell ${name} is half made: there is ${there}, but no ${missing}. Make what is missing by hand, ` +
        `or remove ${there} and run this again. Nothing is changed.`,
    );
  }
}

export const cellFolder = (name: string): string => `tenants/${name}`;

/** A new cell's settings, and which of the sibling's are left for somebody to set anew. */
export interface NewCell {
  readonly text: string;
  /** Keys of settings that only the sibling's stack can decrypt. */
  readonly secrets: readonly string[];
}

/** Keys of the settings that are the sibling's alone: the folder of its tenants, and that it is the canary. */
const ownKeys = ["openclaw:tenants", "openclaw:canary"];

/** A sibling's settings with its comments, without what is its own. */
export function cellFromSibling(siblingText: string): NewCell {
  const document = parseDocument(siblingText);
  const { contents } = document;
  const keys = isMap(contents) ? contents.items.flatMap(({ key }) => (isScalar(key) ? [key] : [])) : [];
  // Beside `config` Pulumi keeps the keys that the stack's secrets are encrypted by, as a rule above it.
  for (const key of keys.filter(({ value }) => value !== "config")) {
    if (key === keys[0] && typeof key.commentBefore === "string") {
      document.commentBefore = key.commentBefore;
    }
    document.delete(key.value);
  }
  const config = document.get("config");
  const secrets = isMap(config) ? secretKeys(config) : [];
  for (const key of [...ownKeys, ...secrets]) {
    document.deleteIn(["config", key]);
  }
  return { text: document.toString({ lineWidth: 0 }), secrets };
}

/** The first cell of a platform, with instances as the owner's own. */
export function cellFromOwner(owner: string, ownerText: string): NewCell {
  const config = parseDocument(ownerText).get("config");
  const cell = new Document({ config: { "openclaw:platform": { stack: fullName(owner) } } });
  cell.commentBefore = ` A cell of ${owner}. Pulumi.yaml describes every setting.`;
  const instance = isMap(config) ? config.get("openclaw:instance") : undefined;
  if (instance !== undefined) {
    cell.setIn(["config", "openclaw:instance"], instance);
  }
  return { text: cell.toString({ lineWidth: 0 }), secrets: [] };
}

/**
 * `organization` is meant literally, in the embedded cluster's backend as in any of one's own (files, object storage).
 * In Pulumi Cloud an organization has a name; nothing here can know which backend it is, and a placeholder is refused
 * by the program.
 */
const fullName = (owner: string): string =>
  `${owner === embeddedOwner ? "organization" : "<organization>"}/openclaw/${owner}`;

/** Keys with a `secure:` anywhere in their value. */
function secretKeys(config: YAMLMap): string[] {
  return config.items.flatMap((pair) =>
    isPair(pair) && isScalar(pair.key) && isMap(pair.value) && hasSecret(pair.value.toJSON())
      ? [String(pair.key.value)]
      : [],
  );
}

function hasSecret(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (Object.hasOwn(value, "secure") || Object.values(value).some(hasSecret))
  );
}
