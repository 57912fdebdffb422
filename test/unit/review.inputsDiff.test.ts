import { describe, expect, test } from "vitest";
import { inputChanges } from "../../ops/review/inputsDiff.ts";

describe("what has a name in a list", () => {
  const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: `of ${name}` })) });

  test("is compared with what has the same name, wherever it stands", () => {
    expect(inputChanges(env("A", "B"), env("NEW", "A", "B"))).toEqual([
      { path: "env[NEW].value", to: '"of NEW"' },
    ]);
    expect(inputChanges(env("A", "B"), { env: [{ name: "B", value: "another" }] })).toEqual([
      { path: "env[A].value", from: '"of A"' },
      { path: "env[B].value", from: '"of B"', to: '"another"' },
    ]);
  });

  test("and changes places with another is told by the names", () => {
    expect(inputChanges(env("A", "B"), env("B", "A"))).toEqual([
      { path: "env[*].name", from: '["A","B"]', to: '["B","A"]' },
    ]);
  });

  test("and nothing else is not lost, nor does a strange name look like a path", () => {
    expect(inputChanges({ list: [] }, { list: [{ name: "a].b" }] })).toEqual([
      { path: "list", from: "[]" },
      { path: 'list["a].b"]', to: "{}" },
    ]);
  });
});

test.each([
  ["a name twice", [{ name: "a" }, { name: "a" }, { name: "a" }]],
  ["one without a name", [{ name: "a" }, { port: 1 }]],
  ["something that is no mapping", [{ name: "a" }, null]],
])("a list with %s is compared by position", (_what, list) => {
  expect(inputChanges({ list }, { list: [{ name: "b" }, ...list.slice(1)] })).toEqual([
    { path: "list[0].name", from: '"a"', to: '"b"' },
  ]);
});
