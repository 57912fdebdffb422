import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument, visit } from "yaml";
import { loadTenants } from "../../tenants/load.ts";
import { refusals } from "../../tenants/yamlGuard.ts";
import { placesIn, problemIn } from "../fixtures/problems.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const yaml = tenantYaml();

describe("a text that is no tenant", () => {
  test.each([
    ["nothing", "", "an empty file"],
    ["comments alone", "# later\n", "an empty file"],
    ["an empty document", "---\n", "an empty file"],
    ["a byte order mark", `\ufeff${yaml}`, "a byte order mark"],
    ["more than 64 KiB", `${yaml}# ${"x".repeat(65_536)}\n`, `a file of ${yaml.length + 65_539} bytes`],
  ])("%s is refused as a whole", (_, content, found) => {
    expect(problemIn(content)).toMatchObject({ line: 1, column: 1, path: "", found });
  });

  test("two documents are refused where the second begins", () => {
    expect(problemIn(`${yaml}---\n${yaml}`)).toMatchObject({
      line: 7,
      column: 1,
      found: "a second YAML document",
    });
  });

  test("a key that stands twice is refused where it stands again", () => {
    expect(problemIn(`${yaml}plan: pro\n`)).toMatchObject({
      line: 7,
      column: 1,
      found: 'the key "plan" a second time',
    });
  });

  test("bytes that are not UTF-8 are refused on their line", () => {
    const latin1 = Buffer.concat([Buffer.from("# ok\ndisplayName: Caf"), Buffer.from([0xe9, 0x0a])]);
    expect(problemIn(latin1)).toMatchObject({ line: 2, column: 1, found: "bytes that are not UTF-8" });
  });

  test.each([
    [0xef, 0xbb, 0x20],
    [0xef, 0x20, 0xbf],
    [0x20, 0xbb, 0xbf],
  ])("bytes that are not quite a byte order mark are bytes that are not UTF-8", (...bytes) => {
    const content = Buffer.concat([Buffer.from(bytes), Buffer.from(yaml)]);
    expect(problemIn(content)).toMatchObject({ line: 1, found: "bytes that are not UTF-8" });
  });

  test("bytes that are not UTF-8 on a last line without an end are refused there", () => {
    const content = Buffer.concat([Buffer.from("# ok\n# ok\n# Caf"), Buffer.from([0xe9])]);
    expect(problemIn(content)).toMatchObject({ line: 3 });
  });

  test("UTF-16 is refused", () => {
    expect(problemIn(Buffer.from(`\ufeff${yaml}`, "utf16le"))).toMatchObject({
      found: "bytes that are not UTF-8",
    });
  });

  test.each([
    ["NUL", "\u0000", "U+0000"],
    ["escape", "\u001b", "U+001B"],
    ["a lone carriage return", "\r", "U+000D"],
    ["a C1 control", "\u0085", "U+0085"],
    ["a byte order mark in the middle", "\ufeff", "U+FEFF"],
  ])("%s is refused where it stands", (_, character, code) => {
    expect(problemIn(`plan: basic\nowner: a${character}b\n`)).toMatchObject({
      line: 2,
      column: 9,
      found: `the control character ${code}`,
    });
  });

  test.each([
    ["an anchor", `${yaml}model: &m { default: kimi-k3 }\n`, "7:8", "an anchor (&)"],
    ["an alias", `${yaml}model: *m\n`, "7:8", "an alias (*)"],
    ["a tag", `${yaml}host: !!str a.acme.example\n`, "7:7", "a tag (!)"],
    ["a directive", `%YAML 1.1\n---\n${yaml}`, "1:1", "a directive (%)"],
  ])("%s is refused where it stands", (_, content, place, found) => {
    const problem = problemIn(content);
    expect(`${problem.line}:${problem.column}`).toBe(place);
    expect(problem.found).toBe(found);
  });

  test("what looks like an anchor inside a text is text", () => {
    using folder = temporaryFolder({ "acme.yaml": tenantYaml({ displayName: "R&D *1 !important" }) });
    expect(loadTenants(folder.path)).toMatchObject([{ displayName: "R&D *1 !important" }]);
  });

  test("what looks like an alias at the start of a block of text is text", () => {
    const block = `displayName: |-\n  *R&D*\n${tenantYaml({ displayName: undefined })}`;
    using folder = temporaryFolder({ "acme.yaml": block });
    expect(loadTenants(folder.path)).toMatchObject([{ displayName: "*R&D*" }]);
  });

  test("a billion laughs are refused unexpanded", () => {
    const laughs = Array.from(
      { length: 30 },
      (_, i) => `a${i + 1}: &a${i + 1} [${"*a".concat(`${i},`).repeat(9)}]`,
    );
    expect(placesIn(`a0: &a0 [lol]\n${laughs.join("\n")}\n`)).toEqual(["1:5", "2:10"]);
  });

  test.each([
    ["brackets", "["],
    ["braces", "{"],
    ["dashes", "- "],
    ["question marks", "? "],
    ["brackets by line", "[\n"],
    ["braces with keys", "{a: "],
  ])("64 KiB of %s are refused before anything is built of them", (_, text) => {
    expect(problemIn(text.repeat(65_000 / text.length)).found).toBe("more than 8 levels of nesting");
  });

  test("levels that are made by indentation count", () => {
    const nested = (levels: number) =>
      Array.from({ length: levels }, (_, level) => `${" ".repeat(level)}a:\n`).join("");
    expect(problemIn(nested(9))).toMatchObject({ line: 9, found: "more than 8 levels of nesting" });
    expect(refusals(nested(8))).toEqual([]);
  });

  test("64 KiB of keys are refused", () => {
    const keys = Array.from({ length: 12_000 }, (_, index) => `${index.toString(36)}:\n`).join("");
    expect(problemIn(keys.slice(0, 65_000)).found).toBe("more than 4000 values");
  });

  test("no anchor, alias or tag is composed, wherever it stands", () => {
    const words = [
      ..."&a *a !t !!str %YAML a: - ? : [ ] { } , | > # \" ' x 1".split(" "),
      " ",
      "  ",
      "\n",
      "\n  ",
    ];
    const text = fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join(""));
    let refused = 0;
    const property = fc.property(text, (each) => {
      const document = parseDocument(each, {
        version: "1.2",
        schema: "core",
        strict: true,
        logLevel: "error",
      });
      fc.pre(document.errors.length === 0);
      const written: unknown[] = document.directives?.yaml.explicit ? ["%YAML"] : [];
      visit(document, {
        Alias: (_, alias) => void written.push(alias),
        Value: (_, { anchor, tag }) =>
          void written.push(...[anchor, tag].filter((name) => name !== undefined)),
      });
      expect(written.length === 0 || refusals(each).length > 0).toBe(true);
      refused += written.length === 0 ? 0 : 1;
    });
    fc.assert(property, { numRuns: 3_000 });
    expect(refused).toBeGreaterThan(50);
  });

  test("Windows line ends are fine", () => {
    using folder = temporaryFolder({ "acme.yaml": yaml.replaceAll("\n", "\r\n") });
    expect(loadTenants(folder.path)).toMatchObject([{ displayName: "Acme Trading" }]);
  });
});
