import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { unknownScripts } from "../fixtures/commandLines.ts";

const projectRoot = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");
const pages = globSync(["*.md", "docs/*.md", "test/upgrade/README.md"], { cwd: projectRoot }).toSorted();

/** The names that GitHub gives to a page's headings. */
const anchorsOf = (text: string): string[] =>
  text
    .replace(/^```[\s\S]*?^```/gm, "")
    .split("\n")
    .flatMap((line) => /^#+\s+(.+?)\s*$/.exec(line)?.[1] ?? [])
    .map((heading) =>
      heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    );

/** Links of a page within the repository that lead nowhere. */
function brokenLinks(page: string): string[] {
  const links = [
    ...read(page)
      .replace(/^```[\s\S]*?^```/gm, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ];
  return links
    .map(([, link = ""]) => link)
    .filter((link) => {
      if (/^[a-z]+:/.test(link)) {
        return false;
      }
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(projectRoot, target))) {
        return true;
      }
      return anchor !== undefined && !anchorsOf(read(target)).includes(decodeURIComponent(anchor));
    });
}

test("the pages are all there are", () => {
  expect(pages).toEqual(
    expect.arrayContaining(["CONTRIBUTING.md", "README.md", "SECURITY.md", "docs/upgrading.md"]),
  );
});

describe.each(pages)("%s", (page) => {
  test("links to what is there", () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test("names npm commands and options that there are", async () => {
    expect(await unknownScripts(read(page), packageJson.scripts)).toEqual([]);
  });
});

test.each(["upgrading", "operations", "engine", "ack"])(
  "docs/%s.zh-CN.md has the commands of the English page",
  (name) => {
    const commandsOf = (path: string) =>
      [...read(path).matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
        block
          .split("\n")
          .flatMap((line) => /^ *((?:npm|pulumi|git) [^#]*?) *(?:#.*)?$/.exec(line)?.[1] ?? []),
      );
    const commands = commandsOf(`docs/${name}.md`);
    expect(commands).not.toEqual([]);
    expect(commandsOf(`docs/${name}.zh-CN.md`)).toEqual(commands);
  },
);
