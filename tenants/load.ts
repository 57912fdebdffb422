import { join, relative } from "node:path";
import { schemaFindings } from "./findings.ts";
import { type DomainOf, duplicateIds, type FileName, type HostClaim, hostConflicts } from "./fleetRules.ts";
import {
  type CellFolder,
  ioPath,
  ioReason,
  type Listing,
  listTenantFolder,
  readTenantFile,
} from "./folder.ts";
import { cellNameRule, idFault, isCellName } from "./ids.ts";
import { type Finding, type Problem, printable, quoted, TenantFilesError, wholeFile } from "./problems.ts";
import { ruleFindings, validFields } from "./rules.ts";
import { type Tenant, tenantFileSchema, tenantOf } from "./schema.ts";
import { parseYaml } from "./yamlText.ts";

export { assertCellSize } from "./cellSize.ts";
export { type Problem, TenantFilesError } from "./problems.ts";

export interface LoadOptions {
  /** Domain below which tenants get `<id>.<domain>`: one for all cells, or by cell. Those hosts are then checked too. */
  readonly domain?: string | DomainOf;
}

/** What folders hold: the tenants of valid files, sorted by id, and what is wrong with the other files. */
export interface Inspection {
  readonly tenants: readonly Tenant[];
  readonly problems: readonly Problem[];
}

/**
 * The tenants of one cell's folder, of a folder of cells, or of several such folders, sorted by id. A cell without
 * files has none.
 *
 * Cells beside the one given are looked at by file name only, so the cost stays that of one cell.
 * @throws TenantFilesError with every problem of every file; nothing is returned unless all files are valid.
 */
export function loadTenants(dir: string | readonly string[], options: LoadOptions = {}): Tenant[] {
  const { tenants, problems } = inspectTenants(dir, options);
  if (problems.length > 0) throw new TenantFilesError(problems);
  return [...tenants];
}

/**
 * As {@link loadTenants}, for a report that says something of the valid files as well. Folders with problems must not
 * be applied.
 * @throws TenantFilesError when a folder itself cannot be listed.
 */
export function inspectTenants(dir: string | readonly string[], options: LoadOptions = {}): Inspection {
  const listings = (typeof dir === "string" ? [dir] : dir).map(listed);
  const listing = {
    cells: listings.flatMap(({ cells }) => cells),
    siblings: listings.flatMap(({ siblings }) => siblings),
    misplaced: listings.flatMap(({ misplaced }) => misplaced),
  };
  const files = listing.cells.flatMap(cellFiles);
  const read = files.map(readTenant);
  const claims = read.flatMap(({ claim }) => (claim ? [claim] : []));
  const problems = [
    ...listing.misplaced.map(misplacedProblem),
    ...listing.cells.flatMap(cellNameProblems),
    ...read.flatMap((result) => result.problems),
    ...duplicateIds(files, listing.siblings.flatMap(cellFiles)),
    ...hostConflicts(claims, domainOf(options)),
  ];
  const refused = new Set(problems.map(({ file }) => file));
  const tenants = read.flatMap(({ file, tenant }) => (tenant && !refused.has(file) ? [tenant] : []));
  return { tenants: tenants.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

/** A file to read: its id by its name, its path for reports, and where it is. */
interface TenantFileEntry extends FileName {
  readonly folder: CellFolder;
  readonly name: string;
}

/** What a file gave: its tenant when there are no problems. */
interface FileContent {
  readonly tenant?: Tenant;
  readonly claim?: HostClaim;
  readonly findings: readonly Finding[];
}

function listed(dir: string): Listing {
  try {
    return listTenantFolder(dir);
  } catch (error) {
    const found = `a folder that cannot be listed: ${ioReason(error)}`;
    const finding = wholeFile(found, "a folder of tenant files, tenants/<cell>/<id>.yaml");
    throw new TenantFilesError([{ file: shownPath(ioPath(error) ?? dir), ...finding }]);
  }
}

const cellFiles = (folder: CellFolder): TenantFileEntry[] =>
  folder.fileNames.map((name) => ({
    id: name.replace(/\.ya?ml$/i, ""),
    cell: folder.cell,
    file: shownPath(join(folder.path, name)),
    folder,
    name,
  }));

function readTenant(
  entry: TenantFileEntry,
): FileContent & { readonly file: string; readonly problems: readonly Problem[] } {
  const content = fileContent(entry);
  const findings = [...fileNameFindings(entry), ...content.findings];
  return {
    ...content,
    file: entry.file,
    problems: findings.map((finding) => ({ file: entry.file, ...finding })),
  };
}

function fileContent({ id, cell, file, folder, name }: TenantFileEntry): FileContent {
  const bytes = readTenantFile(folder.path, name);
  if ("findings" in bytes) return bytes;
  const parsed = parseYaml(bytes.value);
  if ("findings" in parsed) return parsed;
  const yaml = parsed.value;
  const fields = validFields(yaml.data);
  const schema = tenantFileSchema.safeParse(yaml.data);
  const findings = [...schemaFindings(schema.error?.issues ?? [], yaml), ...ruleFindings(fields, yaml)];
  return {
    findings,
    // An offboarded tenant has no route: its host is free for whoever comes next.
    ...(fields.state === "offboarded"
      ? {}
      : { claim: { id, cell, file, host: fields.host, at: yaml.valueAt(["host"]) } }),
    ...(schema.success && findings.length === 0 ? { tenant: tenantOf(id, cell, schema.data) } : {}),
  };
}

/** What is wrong with a file's name: its extension, then its id. */
function fileNameFindings({ id, name, folder }: TenantFileEntry): Finding[] {
  const proper = `${id}.yaml`;
  const fault = idFault(id);
  const idFindings = fault ? [wholeFile(fault.found, fault.expected, fault.suggestion)] : [];
  if (name === proper) return idFindings;
  const found = folder.fileNames.includes(proper)
    ? `${quoted(name)} beside ${quoted(proper)}`
    : `the file name ${quoted(name)}`;
  const expected = folder.fileNames.includes(proper)
    ? "one file a tenant, with the extension .yaml"
    : "the extension .yaml in lower case";
  return [wholeFile(found, expected, proper), ...idFindings];
}

function cellNameProblems({ cell, path }: CellFolder): Problem[] {
  if (isCellName(cell)) return [];
  return [{ file: shownPath(path), ...wholeFile(`the cell name ${quoted(cell)}`, cellNameRule) }];
}

const misplacedProblem = (path: string): Problem => ({
  file: shownPath(path),
  ...wholeFile(
    "a tenant file beside the cells",
    "tenant files in the folder of their cell, tenants/<cell>/<id>.yaml",
  ),
});

function domainOf({ domain }: LoadOptions): DomainOf {
  return typeof domain === "function" ? domain : () => domain;
}

/** Relative to the working directory, as terminals and CI logs make clickable. */
const shownPath = (path: string): string => printable(relative(process.cwd(), path) || ".");
