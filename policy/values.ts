/** Properties of a resource as plain data, some of which nobody knows before the update. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | typeof computed
  | readonly Value[]
  | { readonly [key: string]: Value };

export type Fields = { readonly [key: string]: Value };

/** Stands for a value that a preview cannot know, such as the id of what is not there yet. Breaks no rule. */
export const computed: unique symbol = Symbol("known after the update");

export function isFields(value: Value): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The value at a path of property names; undefined if there is none, computed if something on the way is. A list of one
 * element is looked through: the Terraform bridge makes a block that comes at most once an object, or such a list.
 */
export function at(value: Value, ...path: readonly string[]): Value {
  let found = value;
  for (const key of path) {
    const container: Value = Array.isArray(found) && found.length === 1 ? found[0] : found;
    if (container === computed) {
      return computed;
    }
    found = isFields(container) && Object.hasOwn(container, key) ? container[key] : undefined;
  }
  return found;
}

/** The elements of a list, and none of what is absent or not known yet. A value that is no list is one of itself. */
export function items(value: Value): readonly Value[] {
  if (value === undefined || value === null || value === computed) {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}

/** Whether a value is surely none of these; `undefined` among them allows that it is absent. */
export function isNot(value: Value, ...allowed: readonly Value[]): boolean {
  return value !== computed && !allowed.includes(value);
}

/** A value as a message shows it. */
export function shown(value: Value): string {
  return value === undefined ? "not set" : (JSON.stringify(value) ?? "not known yet");
}
