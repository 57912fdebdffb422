import { describe, expect, test } from "vitest";
import { counted } from "../../lib/text.ts";
import { ioPath, ioReason } from "../../tenants/folder.ts";
import { type Problem, quoted, shortened, TenantFilesError } from "../../tenants/problems.ts";

const problem = (overrides: Partial<Problem> = {}): Problem => ({
  ...{ file: "tenants/dev/acme.yaml", line: 3, column: 7, path: "plan" },
  ...{ found: '"gold"', expected: "one of basic, pro, enterprise" },
  ...overrides,
});

describe("the report of all problems", () => {
  test("says of each where it is, what was found, what would be right and what was perhaps meant", () => {
    expect(new TenantFilesError([problem(), problem({ path: "", line: 1, suggestion: "pro" })]).message).toBe(
      [
        "2 problems in the tenant files",
        'tenants/dev/acme.yaml:1:7\n  found     "gold"\n  expected  one of basic, pro, enterprise\n  did you mean "pro"?',
        'tenants/dev/acme.yaml:3:7  plan\n  found     "gold"\n  expected  one of basic, pro, enterprise',
      ].join("\n\n"),
    );
  });

  test("is in the order of files, lines and columns", () => {
    const places: readonly [string, number, number][] = [
      ["b.yaml", 1, 1],
      ["a.yaml", 10, 1],
      ["a.yaml", 2, 9],
      ["a.yaml", 2, 5],
      ["c.yaml", 1, 1],
    ];
    const { problems } = new TenantFilesError(
      places.map(([file, line, column]) => problem({ file, line, column })),
    );
    expect(problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
      ...["a.yaml:2:5", "a.yaml:2:9", "a.yaml:10:1", "b.yaml:1:1", "c.yaml:1:1"],
    ]);
  });

  test("ends after 200, and counts the rest", () => {
    const many = (count: number) =>
      new TenantFilesError(Array.from({ length: count }, (_, line) => problem({ line }))).message;
    expect(many(200)).not.toMatch(/more problem/);
    expect(many(201)).toMatch(/\n\nand 1 more problem$/);
    expect(many(203)).toMatch(/\n\nand 3 more problems$/);
    expect(many(203).match(/^ {2}found/gm)).toHaveLength(200);
  });
});

test("one is no plural", () => {
  expect([0, 1, 2].map((count) => counted(count, "tenant"))).toEqual(["0 tenants", "1 tenant", "2 tenants"]);
});

test("an excerpt is cut, in quotation marks, and no end of a line or of an address gets through", () => {
  expect(shortened("x".repeat(60))).toBe("x".repeat(60));
  expect(shortened("x".repeat(61))).toBe(`${"x".repeat(60)}…`);
  expect(quoted("a\nb")).toBe('"a\\u{a}b"');
  expect(quoted("jane.doe@acme.example")).not.toContain("jane");
});

describe("what the file system refuses", () => {
  test("is said in words, or by its code, with the path", () => {
    const refused = (code: string) => Object.assign(new Error("no"), { code, path: "/x" });
    expect(ioReason(refused("EACCES"))).toBe("permission denied");
    expect(ioReason(refused("ELOOP"))).toBe("its symbolic links lead in a circle");
    expect(ioReason(refused("EMFILE"))).toBe("EMFILE");
    expect(ioPath(refused("EACCES"))).toBe("/x");
  });

  test("is told from a defect, which goes on", () => {
    const defect = new TypeError("x is not a function");
    expect(() => ioReason(defect)).toThrow(defect);
    expect(() => ioReason("text")).toThrow();
    expect(() => ioReason({ code: "ENOENT" })).toThrow();
    expect(ioPath(defect)).toBeUndefined();
    expect(ioPath(Object.assign(new Error("no"), { path: 7 }))).toBeUndefined();
    expect(ioPath({ path: "/x" })).toBeUndefined();
  });
});
