import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cloudProviders } from "../../tenants/listPrice.ts";
import { platformPrices } from "../../tenants/platformPrices.ts";
import { costPages, withCostTables } from "../../tools/docs/costTables.ts";
import { markdownTable, withSection } from "../../tools/docs/markdown.ts";

const projectRoot = join(import.meta.dirname, "../..");
const committed = (path: string) => readFileSync(join(projectRoot, path), "utf8");

describe.each(costPages)("the tables of $path", (page) => {
  const text = committed(page.path);

  test("are current; else run `npm run generate`", () => {
    expect(text, "run `npm run generate`").toBe(withCostTables(text, page));
  });

  test("name the source of every price", () => {
    const prices = cloudProviders.flatMap((provider) => Object.values(platformPrices[provider]));
    expect(prices.length).toBeGreaterThan(20);
    for (const { source } of prices) {
      expect(text).toContain(source);
    }
  });

  test("cannot be written into a page that has lost a section", () => {
    const cut = text.replace("<!-- end of savings -->", "");
    expect(() => withCostTables(cut, page)).toThrow(`${page.path} has no lines`);
  });
});

describe("a section of a page", () => {
  const section = { start: "<!-- a -->", end: "<!-- z -->" };

  test("is replaced, and nothing around it", () => {
    const page = "<!-- z -->\n<!-- a -->\n\nold\n\n<!-- z -->\nafter\n";
    expect(withSection(page, section, "new", "x.md")).toBe(
      "<!-- z -->\n<!-- a -->\n\nnew\n\n<!-- z -->\nafter\n",
    );
  });

  test.each(["", "<!-- a -->", "<!-- z --> <!-- a -->"])("must be in %j", (page) => {
    expect(() => withSection(page, section, "new", "x.md")).toThrow("x.md has no lines");
  });
});

test("a table has words on the left and figures on the right", () => {
  expect(markdownTable(["a", "b"], [["x", "1"]], 1)).toBe("| a | b |\n| --- | ---: |\n| x | 1 |");
});
