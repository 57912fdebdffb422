import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import config from "../../vitest.config.ts";

const read = (path: string) => readFileSync(join(repository, path), "utf8");
const filesIn = (path: string) => readdirSync(join(repository, path)).toSorted();

const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

test.each(["components/services/accounts/scripts", "components/backup/scripts"])(
  "the README of %s names every script, and no other",
  (scripts) => {
    const rows = read(`${scripts}/README.md`)
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const named = new Set(rows.flatMap(quoted));
    const files = [...named].filter((name) => /\.(sh|sql|mjs)$/.test(name));
    expect(files.toSorted()).toEqual(filesIn(scripts).filter((name) => name !== "README.md"));
  },
);

test("docs/architecture.md has a row for every tier of tests", () => {
  const projects = config.test?.projects ?? [];
  const names = projects.flatMap((project) =>
    typeof project === "object" && "test" in project ? `${project.test?.name}` : [],
  );
  expect(names.length).toBeGreaterThan(5);
  const rows = [...read("docs/architecture.md").matchAll(/^\| (\w+) \| `test\/\w+` \|/gm)].map(
    ([, name]) => name,
  );
  expect(rows.toSorted()).toEqual(names.toSorted());
});

test("docs/architecture.md names every program that is built from Go modules", () => {
  const [, list = ""] =
    /^embedded\/go +(one pinned .*(?:\n {4,}.*)*)/m.exec(read("docs/architecture.md")) ?? [];
  for (const name of filesIn("embedded/go")) {
    expect(list).toMatch(new RegExp(`\\b${name}\\b`));
  }
});

test("docs/glossary.md says which pages are in both languages", () => {
  const [, both = "", english = ""] =
    /\nREADME, (.+) are in English and Chinese .*?\. (.+) are in English only/s.exec(
      read("docs/glossary.md"),
    ) ?? [];
  const names = (list: string) =>
    list
      .toLowerCase()
      .match(/[a-z]+/g)
      ?.filter((word) => word !== "and");
  const pages = filesIn("docs").filter((name) => name.endsWith(".md") && name !== "glossary.md");
  const twins = pages.filter((name) => pages.includes(name.replace(/\.md$/, ".zh-CN.md")));
  const alone = pages.filter((name) => !twins.includes(name) && !name.endsWith(".zh-CN.md"));
  const base = (files: readonly string[]) => files.map((name) => name.replace(/\.md$/, ""));
  expect(names(both)?.toSorted()).toEqual(base(twins));
  expect(names(english)?.toSorted()).toEqual(base(alone));
});
