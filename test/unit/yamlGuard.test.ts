import { describe, expect, test } from "vitest";
import { refusals } from "../../tenants/yamlGuard.ts";

const tooDeep = { found: "more than 8 levels of nesting", expected: "at most three, as users are written" };

describe.each([
  ["[", "]"],
  ["{", "}"],
])("of %s collections", (open, close) => {
  const nested = (levels: number) => `a: ${open.repeat(levels)}${close.repeat(levels)}\n`;

  test("eight levels, the mapping itself among them, are taken and a ninth is refused where it begins", () => {
    expect(refusals(nested(7))).toEqual([]);
    expect(refusals(nested(8))).toEqual([{ offset: 3 + 7, ...tooDeep }]);
  });

  test("what was closed does not count", () => {
    expect(refusals(`a: [${`${open}${close},`.repeat(20)}]\n`)).toEqual([]);
  });
});

describe.each(["- ", "? "])("of collections begun by %j", (indicator) => {
  test("eight on one line are taken and a ninth is refused where it begins", () => {
    expect(refusals(`${indicator.repeat(8)}a\n`)).toEqual([]);
    expect(refusals(`${indicator.repeat(9)}a\n`)).toEqual([{ offset: 16, ...tooDeep }]);
  });

  test("each line begins anew", () => {
    expect(refusals(`${indicator}a\n`.repeat(20))).toEqual([]);
  });
});

test("brackets and collections begun on the line count together", () => {
  expect(refusals(`${"- ".repeat(4)}[[[[]]]]\n`)).toEqual([]);
  expect(refusals(`${"- ".repeat(4)}[[[[[]]]]]\n`)).toEqual([{ offset: 12, ...tooDeep }]);
});

test("a text of 4,000 values is taken, and one of more is refused where they end", () => {
  const entries = (count: number) => "- 1\n".repeat(count);
  // The document is a value too.
  expect(refusals(entries(3_999))).toEqual([]);
  expect(refusals(entries(4_000))).toEqual([
    { offset: 4 * 3_999, found: "more than 4000 values", expected: "a tenant file, which needs a few dozen" },
  ]);
});

test("the first of each kind is refused, and of different kinds each", () => {
  const found = refusals("a: &one 1\nb: &two 2\nc: *one\n");
  expect(found.map(({ offset, found: what }) => [offset, what])).toEqual([
    [3, "an anchor (&)"],
    [23, "an alias (*)"],
  ]);
});
