import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type Finding, wholeFile } from "./problems.ts";
import type { Result } from "./yamlText.ts";

/** A folder of tenants. */
export interface CellFolder {
  readonly cell: string;
  /** Absolute. */
  readonly path: string;
  /** Names of what looks like a tenant file, well named or not, sorted. */
  readonly fileNames: readonly string[];
}

/** The contents of a folder of tenant files. */
export interface Listing {
  readonly cells: readonly CellFolder[];
  /** Cells beside the given one, when it is one of the project's tenants folder. */
  readonly siblings: readonly CellFolder[];
  /** Tenant files that stand beside the cells instead of in one. */
  readonly misplaced: readonly string[];
}

/** This file marks the project's tenants folder. */
export const schemaFileName = "tenant.schema.json";

/** Bytes. A tenant with two hundred users takes about 12,000. */
const maxFileSize = 64 * 1024;

/**
 * Tells one cell's folder, which holds YAML files, from a folder of cells, and lists the cells' files.
 * @throws NodeJS.ErrnoException when the folder itself cannot be listed.
 */
export function listTenantFolder(dir: string): Listing {
  const path = resolve(dir);
  const entries = readdirSync(path, { withFileTypes: true });
  const fileNames = tenantFileNames(entries);
  const isTenantsFolder = existsSync(join(path, schemaFileName));
  const parent = dirname(path);
  const isProjectCell = parent !== path && existsSync(join(parent, schemaFileName));
  if (!isTenantsFolder && (fileNames.length > 0 || isProjectCell)) {
    const cell = { cell: basename(path), path, fileNames };
    const siblings = isProjectCell ? cellFolders(parent).filter((other) => other.path !== path) : [];
    return { cells: [cell], siblings, misplaced: [] };
  }
  return { cells: cellFolders(path), siblings: [], misplaced: fileNames.map((name) => join(path, name)) };
}

function cellFolders(parent: string): CellFolder[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => !isHidden(entry.name) && !isYamlName(entry.name) && isFolder(parent, entry))
    .map(({ name }) => join(parent, name))
    .sort()
    .map((path) => ({
      cell: basename(path),
      path,
      fileNames: tenantFileNames(readdirSync(path, { withFileTypes: true })),
    }));
}

function isFolder(parent: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) {
    return entry.isDirectory();
  }
  return statSync(join(parent, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

const tenantFileNames = (entries: readonly Dirent[]): string[] =>
  entries
    .map(({ name }) => name)
    .filter((name) => isYamlName(name) && !isHidden(name))
    .sort();

/** A file in a cell's folder that was meant as a tenant, and by its name or place is none. */
export interface StrayFile {
  /** Absolute. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/**
 * Files of a cell's folder that would be passed over without a word: hidden ones, `acme.yaml.txt`, those in folders below it.
 * Editors' and merges' leftovers are none. Links are not followed, for they may lead in a circle.
 * @throws NodeJS.ErrnoException when a folder cannot be listed.
 */
export function strayFiles(folder: string): StrayFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (isLeftover(entry.name)) {
      return [];
    }
    if (entry.isDirectory()) {
      return isHidden(entry.name) ? [] : filesBelow(path);
    }
    const fault = strayFault(folder, entry);
    return fault === undefined ? [] : [{ path, ...fault }];
  });
}

/** Tenant files in a folder of a cell's folder. */
function filesBelow(folder: string): StrayFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return isHidden(entry.name) ? [] : filesBelow(path);
    }
    const isStray = !isLeftover(entry.name) && yamlName.test(entry.name);
    return isStray ? [{ path, found: "a tenant file in a folder of its cell", expected: inCell }] : [];
  });
}

function strayFault(folder: string, entry: Dirent): Omit<StrayFile, "path"> | undefined {
  const { name } = entry;
  if (yamlName.test(name)) {
    if (isHidden(name)) {
      return { found: "a hidden tenant file", expected: "a name that begins with a letter" };
    }
    return isYamlName(name)
      ? undefined
      : { found: "a tenant file by another name", expected: "the extension .yaml, and none behind it" };
  }
  return !isHidden(name) && isFolder(folder, entry)
    ? { found: "a symbolic link to a folder", expected: inCell }
    : undefined;
}

/** Whatever was once a tenant file's name. */
const yamlName = /\.ya?ml(\.|$)/i;

const inCell = "tenant files in the folder of their cell itself, and files of former tenants elsewhere";

/** Names of files that editors (vi, Emacs, Kate), git and patch leave beside a file. */
const isLeftover = (name: string): boolean =>
  /~$|^\.?#|\.(bak|orig|rej|tmp|sw[a-z]|kate-swp)$|^\.goutputstream-/i.test(name);

/** Any case, and the other extension too: such a file was meant as a tenant and must not be passed over. */
const isYamlName = (name: string): boolean => /\.ya?ml$/i.test(name);

/** Editors' swap, lock and backup files begin with a dot. */
const isHidden = (name: string): boolean => name.startsWith(".");

/** A tenant file's bytes, or why it must not or cannot be read. A symbolic link may not lead out of `folder`. */
export function readTenantFile(folder: string, name: string): Result<Uint8Array> {
  const path = join(folder, name);
  try {
    if (!isInside(realpathSync(folder), realpathSync(path))) {
      return refused("a symbolic link that leads out of the folder", "the file itself");
    }
    const stats = statSync(path);
    if (stats.isDirectory()) {
      return refused("a folder", "a file; a folder's name must not end in .yaml");
    }
    // A pipe would be waited on for ever.
    if (!stats.isFile()) {
      return refused("something that is neither a file nor a folder", "a file");
    }
    if (stats.size > maxFileSize) {
      return refused(`a file of ${stats.size} bytes`, `at most ${maxFileSize} bytes`);
    }
    return { value: readFileSync(path) };
  } catch (error) {
    return refused(`a file that cannot be read: ${ioReason(error)}`, "a readable file");
  }
}

const refused = (found: string, expected: string): { findings: Finding[] } => ({
  findings: [wholeFile(found, expected)],
});

const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
};

/** The file system's reason, in words. Anything but a file system's error is a defect and is thrown on. */
export function ioReason(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) {
    throw error;
  }
  return ioReasons[String(error.code)] ?? String(error.code);
}

/** The file or folder that the file system refused. */
export const ioPath = (error: unknown): string | undefined =>
  error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : undefined;

const ioReasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "it is not a folder",
  ELOOP: "its symbolic links lead in a circle",
};
