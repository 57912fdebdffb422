import * as z from "zod";
import { addressFault } from "./addresses.ts";
import { closest } from "./closest.ts";
import { type Finding, quoted, shortened } from "./problems.ts";
import { addressFields, tenantFileSchema } from "./schema.ts";
import type { FieldPath, YamlText } from "./yamlText.ts";

/** The schema's findings in a file, each with its place and what its field's description requires. */
export function schemaFindings(issues: readonly z.core.$ZodIssue[], yaml: YamlText): Finding[] {
  return unique(issues).flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey([...issue.path, key], key, yaml))
      : [wrongValue(issue.path, yaml)],
  );
}

/** A finding at a field that is there, or at the mapping that a field is missing from. */
export function findingAt(
  yaml: YamlText,
  path: FieldPath,
  fault: Pick<Finding, "found" | "expected" | "suggestion">,
): Finding {
  return { ...yaml.valueAt(path), path: pathText(path), ...fault };
}

function unknownKey(path: FieldPath, key: string, yaml: YamlText): Finding {
  const known = Object.keys(objectAt(path.slice(0, -1))?.shape ?? {});
  const suggestion = closest(key, known);
  const isShown = mayBeQuoted(key, path);
  return {
    ...yaml.keyAt(path),
    path: pathText(isShown ? path : path.slice(0, -1)),
    found: isShown ? `the unknown key ${quoted(key)}` : "an unknown key",
    expected: `one of ${known.join(", ")}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function wrongValue(path: FieldPath, yaml: YamlText): Finding {
  const schema = schemaAt(path);
  const value = valueAt(yaml.data, path);
  const meant =
    schema instanceof z.ZodEnum && typeof value === "string"
      ? closest(value, schema.options.map(String))
      : undefined;
  return findingAt(yaml, path, {
    found: described(path, value, yaml.sourceOf(path)),
    expected: expectedOf(schema, value),
    ...(meant === undefined ? {} : { suggestion: meant }),
  });
}

/** Text that YAML takes for a number or a boolean is mended by quotation marks. */
function expectedOf(schema: z.ZodType | undefined, value: unknown): string {
  const expected = schema?.description ?? "a field of the schema";
  const isUnquoted =
    schema instanceof z.ZodString && (typeof value === "number" || typeof value === "boolean");
  return isUnquoted ? `${expected}; in quotation marks` : expected;
}

/** A value in words, numbers as they are written: 1e999 is read as Infinity. */
function described(path: FieldPath, value: unknown, source: string): string {
  if (value === undefined) {
    return "nothing";
  }
  if (value === null) {
    return "an empty value";
  }
  if (Array.isArray(value)) {
    return "a list";
  }
  if (typeof value === "object") {
    return "a mapping";
  }
  if (typeof value !== "string") {
    return mayBeQuoted(source, path) ? `the ${typeof value} ${shortened(source)}` : `a ${typeof value}`;
  }
  if (value === "") {
    return "an empty text";
  }
  if (mayBeQuoted(value, path)) {
    return `the text ${quoted(value)}`;
  }
  return (isAddress(path) ? addressFault(value) : undefined) ?? "a text";
}

const isAddress = (path: FieldPath): boolean => path.at(-1) === "owner" || path.at(-1) === "email";

/**
 * Whether a report may show a text that stands at this path: of what is in an address field nothing but a single word, such
 * as a misspelt role, in a place that is no address's. Reports are read by many, and what is no address is still somebody's.
 */
function mayBeQuoted(text: string, path: FieldPath): boolean {
  const [top] = path;
  if (!addressFields.some((field) => field === top)) {
    return true;
  }
  return /^[A-Za-z]+$/.test(text) && path.length > 2 && !isAddress(path);
}

/** Several checks may fail on one field (too long and ill-formed): one finding says it all. */
function unique(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const byPlace = new Map(
    issues.map((issue) => [JSON.stringify([issue.code === "unrecognized_keys", issue.path]), issue]),
  );
  return [...byPlace.values()];
}

/** `users[0].email`. */
function pathText(path: FieldPath): string {
  return path
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${shortened(String(step))}`,
    )
    .join("");
}

function objectAt(path: FieldPath): z.ZodObject | undefined {
  const schema = schemaAt(path);
  return schema instanceof z.ZodObject ? schema : undefined;
}

/** The schema of a field, without the wrappers that make it optional. */
function schemaAt(path: FieldPath): z.ZodType | undefined {
  let schema: unknown = tenantFileSchema;
  for (const step of path) {
    if (schema instanceof z.ZodArray) {
      schema = unwrapped(schema.element);
    } else if (schema instanceof z.ZodObject) {
      schema = unwrapped(schema.shape[String(step)]);
    } else {
      return undefined;
    }
  }
  return schema instanceof z.ZodType ? schema : undefined;
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap())
    : schema;
}

function valueAt(data: unknown, path: FieldPath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = Reflect.get(value, step);
  }
  return value;
}
