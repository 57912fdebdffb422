import { isUtf8 } from "node:buffer";
import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from "yaml";
import { type Finding, quoted, shortened, wholeFile } from "./problems.ts";
import { refusals } from "./yamlGuard.ts";

/** Keys and indices from the root of a document to a field. */
export type FieldPath = readonly PropertyKey[];

/** Line and column, from 1, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML document that knows where in its file each of its fields stands. */
export interface YamlText {
  readonly data: unknown;
  /** The position of a field's value; for an absent field, of the mapping it is missing from. */
  valueAt(path: FieldPath): Position;
  /** The position of a field's key. */
  keyAt(path: FieldPath): Position;
  /** The characters of a field's value as they are in the file. */
  sourceOf(path: FieldPath): string;
}

export type Result<T> = { readonly value: T } | { readonly findings: readonly Finding[] };

/** The one YAML document of a file (1.2 core schema, UTF-8 without byte order mark), or why there is none. */
export function parseYaml(bytes: Uint8Array): Result<YamlText> {
  const decoded = decode(bytes);
  if ("findings" in decoded) {
    return decoded;
  }
  const text = decoded.value;
  const positionOf = positionsIn(text);
  const refused = refusals(text);
  if (refused.length === 0) {
    return compose(text, positionOf);
  }
  return { findings: refused.map(({ offset, ...fault }) => ({ ...positionOf(offset), path: "", ...fault })) };
}

function compose(text: string, positionOf: (offset: number) => Position): Result<YamlText> {
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    // "silent" would drop the error about a second document.
    logLevel: "error",
  });
  const errors = worthReporting([...document.errors, ...document.warnings]);
  if (errors.length > 0) {
    return {
      findings: errors.map((error) => ({
        ...positionOf(error.pos[0]),
        path: "",
        ...syntaxFault(error, text),
      })),
    };
  }
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    return { findings: [wholeFile("an empty file", "a tenant: displayName, owner, plan and users")] };
  }
  return { value: locatedIn(root, document.toJS({ maxAliasCount: 0 }), text, positionOf) };
}

/** The keys that stand twice, and the first mistake of any other kind: after it the parser is guessing. */
function worthReporting(errors: readonly YAMLError[]): YAMLError[] {
  const firstOther = errors.find(({ code }) => code !== "DUPLICATE_KEY");
  return errors.filter((error) => error.code === "DUPLICATE_KEY" || error === firstOther);
}

function syntaxFault(error: YAMLError, text: string): Pick<Finding, "found" | "expected"> {
  switch (error.code) {
    case "DUPLICATE_KEY": {
      // Whatever is no plain word may be an address.
      const [key] = /^[A-Za-z]+(?=\s*:)/.exec(text.slice(error.pos[0])) ?? [];
      const found = key === undefined ? "a key a second time" : `the key ${quoted(key)} a second time`;
      return { found, expected: "every key once" };
    }
    case "MULTIPLE_DOCS":
      return { found: "a second YAML document", expected: "one document, as one file is one tenant" };
    case "NON_STRING_KEY":
      return { found: "a list or a mapping as a key", expected: "the name of a field" };
    case "RESOURCE_EXHAUSTION":
      return { found: "too many levels of nesting", expected: "at most three, as users are written" };
    default:
      return { found: `a YAML mistake: ${withoutExcerpt(error)}`, expected: "valid YAML 1.2" };
  }
}

/** The message of a YAML mistake without the excerpt that the parser adds after a colon or a backslash: it may be an address. */
export const withoutExcerpt = ({ message }: YAMLError): string =>
  shortened(message.split(/: | \\/, 1).join(), 160);

/** Strict UTF-8; the line of the first bad byte is exact because no character of several bytes holds a line feed. */
function decode(bytes: Uint8Array): Result<string> {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { findings: [wholeFile("a byte order mark", "UTF-8 without a byte order mark")] };
  }
  if (isUtf8(bytes)) {
    return { value: new TextDecoder().decode(bytes) };
  }
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const lineFeed = bytes.indexOf(0x0a, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    if (!isUtf8(bytes.subarray(start, end))) {
      break;
    }
    start = end + 1;
  }
  const finding = wholeFile("bytes that are not UTF-8", "text saved as UTF-8");
  return { findings: [{ ...finding, line }] };
}

function positionsIn(text: string): (offset: number) => Position {
  const lines = new LineCounter();
  for (let start = 0; start !== -1; start = nextLine(text, start)) {
    lines.addNewLine(start);
  }
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

/** Start of the line after the one that begins at `start`, or -1. */
function nextLine(text: string, start: number): number {
  const lineFeed = text.indexOf("\n", start);
  return lineFeed === -1 ? -1 : lineFeed + 1;
}

function locatedIn(
  root: Node,
  data: unknown,
  text: string,
  positionOf: (offset: number) => Position,
): YamlText {
  const startOf = (node: Node) => positionOf(node.range?.[0] ?? 0);
  return {
    data,
    valueAt: (path) => startOf(descend(root, path).value),
    keyAt: (path) => {
      const { key, value } = descend(root, path);
      return startOf(key ?? value);
    },
    sourceOf: (path) => {
      const [start, end] = descend(root, path).value.range ?? [0, 0];
      return text.slice(start, end);
    },
  };
}

/** The node at a path and its key, or the deepest that exists on the way there. */
function descend(root: Node, path: FieldPath): { key?: Node; value: Node } {
  let here: { key?: Node; value: Node } = { value: root };
  for (const step of path) {
    const next = childOf(here.value, step);
    if (next === undefined) {
      break;
    }
    here = next;
  }
  return here;
}

function childOf(parent: Node, step: PropertyKey): { key?: Node; value: Node } | undefined {
  if (isSeq(parent) && typeof step === "number") {
    const item = parent.items[step];
    return isNode(item) ? { value: item } : undefined;
  }
  if (!isMap(parent)) {
    return undefined;
  }
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === step);
  if (!pair || !isNode(pair.key)) {
    return undefined;
  }
  // A key in a flow mapping may have no value at all: `{ email }`.
  return { key: pair.key, value: isNode(pair.value) ? pair.value : pair.key };
}
