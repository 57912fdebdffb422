import { at, computed, type Fields, isFields, items, type Value } from "./values.ts";

/** Policy documents of Alibaba's RAM and Tencent's CAM: JSON text in one of two spellings, `Action` and `action`. */

export interface Statement {
  readonly actions: readonly Value[];
  readonly resources: readonly Value[];
  /** The principals by type: `{ Service: […] }` has `service`, a bare `"*"` has "". */
  readonly principals: readonly { readonly sort: string; readonly name: Value }[];
  /** By operator: `{ StringEquals: { "oidc:sub": … } }`. */
  readonly conditions: Fields;
  /** NotAction, NotResource, NotPrincipal. */
  readonly negations: readonly string[];
}

/**
 * The statements of a document that allow something; none of an absent document or one that is not known yet.
 *
 * @throws SyntaxError if it is not JSON.
 */
export function allowingStatements(document: Value): readonly Statement[] {
  if (document === undefined || document === computed || document === "") {
    return [];
  }
  const parsed: Value = typeof document === "string" ? JSON.parse(document) : document;
  return items(member(parsed, "statement"))
    .filter((statement) => !isDeny(member(statement, "effect")))
    .map(toStatement);
}

const isDeny = (effect: Value): boolean => typeof effect === "string" && effect.toLowerCase() === "deny";

function toStatement(statement: Value): Statement {
  const conditions = member(statement, "condition");
  return {
    actions: lists(statement, "action", "actions"),
    resources: lists(statement, "resource", "resources"),
    principals: principals(member(statement, "principal")),
    conditions: isFields(conditions) ? conditions : {},
    negations: isFields(statement) ? Object.keys(statement).filter((key) => /^not[_a-z]/i.test(key)) : [],
  };
}

/** `"*"`, `["1234"]`, or names by sort. */
function principals(principal: Value): Statement["principals"] {
  return isFields(principal)
    ? Object.entries(principal).flatMap(([sort, names]) =>
        items(names).map((name) => ({ sort: sort.toLowerCase(), name })),
      )
    : items(principal).map((name) => ({ sort: "", name }));
}

function lists(statement: Value, ...keys: readonly string[]): readonly Value[] {
  return keys.flatMap((key) => items(member(statement, key)));
}

/** The member of a JSON object, whatever the case of its key. */
function member(value: Value, key: string): Value {
  const found = isFields(value) ? Object.keys(value).find((each) => each.toLowerCase() === key) : undefined;
  return found === undefined ? undefined : at(value, found);
}
