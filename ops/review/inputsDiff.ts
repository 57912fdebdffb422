import type { Inputs } from "./shownInputs.ts";

/** The difference of a property of a resource. */
export interface PropertyChange {
  /** `spec.template.spec.containers[openclaw].image`, `spec.rules[0].host`, `metadata.labels["openclaw.ai/plan"]`. */
  readonly path: string;
  /** The value as JSON; absent on the side that has none. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Every scalar that differs between two sets of inputs. What has a name in a list (a container, a variable, a volume) is
 * compared with what has the same name: one more in front of it is no change of it.
 */
export function inputChanges(before: Inputs, after: Inputs): PropertyChange[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((path) => {
    const [from, to] = [was.get(path), is.get(path)];
    return from === to || (path.endsWith(order) && isSameOrder(from, to))
      ? []
      : [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

const leavesOf = (inputs: Inputs): Map<string, string> =>
  new Map(Object.entries(inputs).flatMap(([key, value]) => leaves(keyPath("", key), value)));

/** An empty list or mapping is a leaf, too. */
function leaves(path: string, value: unknown): [path: string, json: string][] {
  if (isNamedList(value)) {
    const names: [string, string] = [`${path}${order}`, JSON.stringify(value.map(({ name }) => name))];
    return [names, ...value.flatMap(({ name, ...item }) => leaves(`${path}[${nameKey(name)}]`, item))];
  }
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item, index) => leaves(`${path}[${index}]`, item));
  }
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(keyPath(path, key), inner));
  }
  return [[path, JSON.stringify(value) ?? "null"]];
}

/** The path of the names in a list's order, which matters to some (containers that run one after another). */
const order = "[*].name";

/** Whether what is in both lists stands in the same order. @param from JSON of a list of names, absent without it */
function isSameOrder(from = "[]", to = "[]"): boolean {
  const [was, is]: [string[], string[]] = [JSON.parse(from), JSON.parse(to)];
  const stayed = was.filter((name) => is.includes(name));
  return stayed.join() === is.filter((name) => was.includes(name)).join();
}

function isNamedList(value: unknown): value is { readonly name: string }[] {
  if (!Array.isArray(value) || value.length === 0) {
    return false;
  }
  const names = value.map((item) => item?.name);
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length;
}

const nameKey = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));

function keyPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) {
    return `${path}[${JSON.stringify(key)}]`;
  }
  return path === "" ? key : `${path}.${key}`;
}
