import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { defaultMaxTenants } from "../../tenants/cellSize.ts";
import { TenantFilesError, wholeFile } from "../../tenants/problems.ts";
import { repository } from "../system/paths.ts";

/** What the check of tenant files needs to know of a cell's stack; settings.ts validates all of it. */
export interface CellSettings {
  readonly maxTenants: number;
  /** Domain of a platform in the cell's own stack; `undefined` when another stack owns the platform. */
  readonly domain: string | undefined;
}

/**
 * Reads `Pulumi.<cell>.yaml`; a cell without one has the defaults.
 * @throws TenantFilesError when the file is no YAML, or the limit no whole number.
 */
export function cellSettings(cell: string, folder: string = repository): CellSettings {
  const file = `Pulumi.${cell}.yaml`;
  const config = field(parsed(file, folder), "config");
  const domain = field(field(config, "openclaw:platform"), "domain");
  const maxTenants = Number(field(config, "openclaw:maxTenants") ?? defaultMaxTenants);
  if (!Number.isSafeInteger(maxTenants) || maxTenants < 1) {
    throw wrong(file, "an openclaw:maxTenants that is no whole number from 1", "openclaw:maxTenants: 25");
  }
  return { maxTenants, domain: typeof domain === "string" ? domain : undefined };
}

function parsed(file: string, folder: string): unknown {
  const text = textOf(join(folder, file));
  try {
    return text === undefined ? undefined : parse(text, { logLevel: "error" });
  } catch (error) {
    throw wrong(file, `a YAML mistake: ${error instanceof Error ? error.message : error}`, "valid YAML");
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

const wrong = (file: string, found: string, expected: string) =>
  new TenantFilesError([{ file, ...wholeFile(found, expected) }]);
