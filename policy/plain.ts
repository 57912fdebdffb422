import { UnknownValueError } from "@pulumi/policy";
import { computed, type Fields, type Value } from "./values.ts";

/**
 * The properties of a resource as @pulumi/policy hands them over, as plain data. There, touching a value that a preview
 * cannot know throws; a rule would stop at the first, and say nothing of what is known.
 */
export function plainFields(props: object): Fields {
  return Object.fromEntries(Object.keys(props).map((key) => [key, plainMember(props, key)]));
}

function plainMember(container: object, key: PropertyKey): Value {
  try {
    return plain(Reflect.get(container, key));
  } catch (error) {
    if (error instanceof UnknownValueError) {
      return computed;
    }
    throw error;
  }
}

function plain(value: unknown): Value {
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, index) => plainMember(value, index));
  }
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : plainFields(value);
    default:
      return undefined;
  }
}
