import type { Inputs } from "./shownInputs.ts";

/** How a property of a resource differs. */
export interface PropertyChange {
  /** `spec.template.spec.containers[0].image`, `metadata.labels["openclaw.ai/plan"]`. */
  readonly path: string;
  /** As JSON; absent on the side where there is nothing. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Every scalar that differs between two sets of inputs. */
export function inputChanges(before: Inputs, after: Inputs): PropertyChange[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((path) => {
    const [from, to] = [was.get(path), is.get(path)];
    return from === to
      ? []
      : [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

const leavesOf = (inputs: Inputs): Map<string, string> =>
  new Map(Object.entries(inputs).flatMap(([key, value]) => leaves(keyPath("", key), value)));

/** An empty list or mapping is a leaf, too. */
function leaves(path: string, value: unknown): [path: string, json: string][] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item, index) => leaves(`${path}[${index}]`, item));
  }
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(keyPath(path, key), inner));
  }
  return [[path, JSON.stringify(value) ?? "null"]];
}

function keyPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
