import { join, relative } from "node:path";
import { printable } from "../lib/text.ts";
import { schemaFindings } from "./findings.ts";
import { type DomainOf, duplicateIds, type FileName, type HostClaim, hostConflicts } from "./fleetRules.ts";
import {
  type CellFolder,
  ioPath,
  ioReason,
  type Listing,
  listTenantFolder,
  readTenantFile,
  type StrayFile,
  strayFiles,
} from "./folder.ts";
import { cellNameRule, idFault, isCellName } from "./ids.ts";
import { type Finding, type Problem, quoted, TenantFilesError, wholeFile } from "./problems.ts";
import { ruleFindings, validFields } from "./rules.ts";
import { type Tenant, tenantFileSchema, tenantOf } from "./schema.ts";
import { parseYaml } from "./yamlText.ts";

export { assertCellSize } from "./cellSize.ts";
export { type Problem, TenantFilesError } from "./problems.ts";

export interface LoadOptions {
  /** Domain below which tenants get `<id>.<domain>`: one for all cells, or by cell. Those hosts are then checked too. */
  readonly domain?: string | DomainOf;
  /** Folders of other cells, or folders of cells, besides those that lie beside the given one. */
  readonly neighbours?: readonly string[];
}

/** The tenants of valid files, sorted by id, and the problems of the other files. */
export interface Inspection {
  readonly tenants: readonly Tenant[];
  readonly problems: readonly Problem[];
}

/**
 * The tenants of one cell's folder, of a folder of cells, or of several such folders, sorted by id. A cell without
 * files has none.
 *
 * What other cells have is compared with: ids by the names of their files, and hosts. Their other mistakes are none of
 * this cell's, and only files that can say something of a host are parsed.
 * @throws TenantFilesError with every problem of every file; nothing is returned unless all files are valid.
 */
export function loadTenants(dir: string | readonly string[], options: LoadOptions = {}): Tenant[] {
  const { tenants, problems } = inspectTenants(dir, options);
  if (problems.length > 0) {
    throw new TenantFilesError(problems);
  }
  return [...tenants];
}

/**
 * {@link loadTenants} for a report that covers the valid files as well. Folders with problems must not
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
  const others = otherFiles([...listing.siblings, ...neighbourCells(options)], files);
  const problems = [
    ...listing.misplaced.map(misplacedProblem),
    ...listing.cells.flatMap(({ path }) => listable(path, strayFiles)).map(strayProblem),
    ...listing.cells.flatMap(cellNameProblems),
    ...read.flatMap((result) => result.problems),
    ...duplicateIds(files, others),
    ...hostConflicts(claims, otherClaims(others, claims), domainOf(options)),
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

/** The result of a file: its tenant if there are no problems. */
interface FileContent {
  readonly tenant?: Tenant;
  readonly claim?: HostClaim;
  readonly findings: readonly Finding[];
}

const listed = (dir: string): Listing => listable(dir, listTenantFolder);

function listable<T>(dir: string, list: (dir: string) => T): T {
  try {
    return list(dir);
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

function fileContent(entry: TenantFileEntry): FileContent {
  const bytes = readTenantFile(entry.folder.path, entry.name);
  return "findings" in bytes ? bytes : contentOf(entry, bytes.value);
}

function contentOf({ id, cell, file }: TenantFileEntry, bytes: Uint8Array): FileContent {
  const parsed = parseYaml(bytes);
  if ("findings" in parsed) {
    return parsed;
  }
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

/** Files of other cells: each once, and none that is being loaded itself. */
function otherFiles(
  folders: readonly CellFolder[],
  loaded: readonly TenantFileEntry[],
): readonly TenantFileEntry[] {
  const pathOf = ({ folder, name }: TenantFileEntry) => join(folder.path, name);
  const own = new Set(loaded.map(pathOf));
  const byPath = new Map(folders.flatMap(cellFiles).map((entry) => [pathOf(entry), entry]));
  return [...byPath].flatMap(([path, entry]) => (own.has(path) ? [] : [entry]));
}

/** A neighbour's folder that cannot be listed stops its own cell. */
const neighbourCells = ({ neighbours = [] }: LoadOptions): CellFolder[] =>
  neighbours.flatMap((dir) => {
    try {
      return listTenantFolder(dir).cells;
    } catch (error) {
      ioReason(error);
      return [];
    }
  });

/**
 * The claims of other cells' files to hosts that `claims` could have as well, as far as they can be read. A file
 * without the word says nothing of an own host, and the host by its id matters to those alone that name one like it.
 */
function otherClaims(others: readonly TenantFileEntry[], claims: readonly HostClaim[]): HostClaim[] {
  const firstLabels = new Set(claims.flatMap(({ host }) => host?.split(".", 1) ?? []));
  return others.flatMap((entry) => {
    const bytes = readTenantFile(entry.folder.path, entry.name);
    if ("findings" in bytes || !(firstLabels.has(entry.id) || mayNameHost(bytes.value))) {
      return [];
    }
    const { claim } = contentOf(entry, bytes.value);
    return claim === undefined ? [] : [claim];
  });
}

/** The key may be written with escapes. */
const mayNameHost = (bytes: Uint8Array): boolean => /host|\\/.test(latin1.decode(bytes));

const latin1 = new TextDecoder("latin1");

/** Problems of a file's name: of its extension, then of its id. */
function fileNameFindings({ id, name, folder }: TenantFileEntry): Finding[] {
  const proper = `${id}.yaml`;
  const fault = idFault(id);
  const idFindings = fault ? [wholeFile(fault.found, fault.expected, fault.suggestion)] : [];
  if (name === proper) {
    return idFindings;
  }
  const found = folder.fileNames.includes(proper)
    ? `${quoted(name)} beside ${quoted(proper)}`
    : `the file name ${quoted(name)}`;
  const expected = folder.fileNames.includes(proper)
    ? "one file a tenant, with the extension .yaml"
    : "the extension .yaml in lower case";
  return [wholeFile(found, expected, proper), ...idFindings];
}

function cellNameProblems({ cell, path }: CellFolder): Problem[] {
  if (isCellName(cell)) {
    return [];
  }
  return [{ file: shownPath(path), ...wholeFile(`the cell name ${quoted(cell)}`, cellNameRule) }];
}

const misplacedProblem = (path: string): Problem => ({
  file: shownPath(path),
  ...wholeFile(
    "a tenant file beside the cells",
    "tenant files in the folder of their cell, tenants/<cell>/<id>.yaml",
  ),
});

const strayProblem = ({ path, found, expected }: StrayFile): Problem => ({
  file: shownPath(path),
  ...wholeFile(found, expected),
});

function domainOf({ domain }: LoadOptions): DomainOf {
  return typeof domain === "function" ? domain : () => domain;
}

/** Relative to the working directory, as terminals and CI logs make clickable. */
const shownPath = (path: string): string => printable(relative(process.cwd(), path) || ".");
