import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { main } from "../../ops/commands/mutants.ts";
import type { TriedMutant } from "../../tools/mutants/index.ts";
import { instrument, keyOf } from "../../tools/mutants/mutants.ts";
import { explainedFile, readExplained, reportLines, scores } from "../../tools/mutants/report.ts";
import { folderOf, mutatedFiles, mutatedFolders } from "../../tools/mutants/scope.ts";
import {
  importsIn,
  quickTurn,
  remainingTurns,
  thoroughTurn,
  withoutTried,
} from "../../tools/mutants/turns.ts";

const mutant = (overrides: Partial<TriedMutant> = {}): TriedMutant => ({
  id: "1",
  file: "policy/plain.ts",
  line: 7,
  mutator: "EqualityOperator",
  original: "a < b",
  replacement: "a <= b",
  isUnreached: false,
  ...overrides,
});

test("every mutant of a file is behind a switch of its own, and texts are left alone", async () => {
  const content =
    'export const isFull = (count: number, most: number) =>\n  count >= most ? "full" : "not";\n';
  const { files, mutants } = await instrument([{ name: "policy/x.ts", content }]);
  expect(mutants.map(({ original, replacement, line }) => [line, original, replacement])).toEqual(
    expect.arrayContaining([
      [2, "count >= most", "count > most"],
      [2, "count >= most", "true"],
    ]),
  );
  expect(mutants.filter(({ original }) => original.startsWith('"'))).toEqual([]);
  for (const { id } of mutants) {
    expect(files[0]?.content).toContain(`("${id}")`);
  }
});

test("files of every folder are mutated, and a file belongs to one folder", () => {
  const files = mutatedFiles();
  expect(new Set(files.map(folderOf))).toEqual(new Set(Object.keys(mutatedFolders)));
  expect(files).toHaveLength(new Set(files).size);
  expect(folderOf("index.ts")).toBe("other");
});

const importedBy = (testFile: string) => new Set(testFile === "imports" ? ["policy/plain.ts"] : []);

test("the files that a test imports are known by their paths in the repository", () => {
  const text =
    'import { x } from "vitest";\nimport {\n  y,\n} from "../../tenants/y.ts";\nimport z from "./z.ts";\n';
  expect(importsIn(text, "test/unit/y.test.ts")).toEqual(new Set(["tenants/y.ts", "test/unit/z.ts"]));
});

test("a mutant that is not caught is tried in the files that run its code, those that are about it first, inventories last", () => {
  const mutants = [mutant(), mutant({ id: "2", file: "tenants/ids.ts" }), mutant({ id: "3" })];
  const milliseconds = 500;
  const covered = [
    { testFile: "passes-through", milliseconds, inTests: ["2"], untried: [], outside: ["1", "3"] },
    { testFile: "is-about", milliseconds, inTests: ["1", "3"], untried: ["1", "3"], outside: [] },
    { testFile: "other", milliseconds, inTests: ["2"], untried: ["2"], outside: [] },
    { testFile: "test/golden/dev.test.ts", milliseconds: 9_000, inTests: [], untried: [], outside: ["1"] },
    { testFile: "test/golden/cell.test.ts", milliseconds: 300, inTests: [], untried: [], outside: ["1"] },
    { testFile: "test/golden/policy.test.ts", milliseconds: 9_000, inTests: [], untried: [], outside: ["1"] },
    { testFile: "imports", milliseconds, inTests: ["2"], untried: [], outside: ["1"] },
    { testFile: "slow", milliseconds: 30_000, inTests: ["1"], untried: ["1"], outside: [] },
    { testFile: "has-tried", milliseconds, inTests: ["1", "2"], untried: [], outside: [] },
  ];
  expect(remainingTurns(mutants, covered, [{ id: "3", by: "is-about" }], quickTurn, importedBy)).toEqual([
    {
      id: "1",
      testFiles: [
        "is-about",
        "imports",
        "passes-through",
        "test/golden/cell.test.ts",
        "test/golden/dev.test.ts",
      ],
    },
    { id: "2", testFiles: ["other"] },
  ]);
  expect(remainingTurns(mutants, [], [], quickTurn, importedBy)).toEqual([]);
});

test("a thorough turn tries slower files too, and those of the same code, and none twice", () => {
  const covered = [
    { testFile: "quick", milliseconds: 500, inTests: ["1"], untried: ["1"], outside: [] },
    { testFile: "slow", milliseconds: 30_000, inTests: ["1"], untried: ["1"], outside: [] },
    { testFile: "of-the-file", milliseconds: 400, inTests: ["2", "3"], untried: [], outside: [] },
    { testFile: "of-another", milliseconds: 400, inTests: ["3"], untried: [], outside: [] },
  ];
  const mutants = [mutant(), mutant({ id: "2" }), mutant({ id: "3", file: "tenants/ids.ts" })];
  const caught = [
    { id: "2", by: "x" },
    { id: "3", by: "x" },
  ];
  const quick = remainingTurns(mutants, covered, caught, quickTurn, importedBy);
  const thorough = remainingTurns(mutants, covered, caught, thoroughTurn, importedBy);
  expect(thorough).toEqual([{ id: "1", testFiles: ["quick", "slow", "of-the-file"] }]);
  expect(withoutTried(thorough, quick)).toEqual([{ id: "1", testFiles: ["slow", "of-the-file"] }]);
  expect(withoutTried(quick, thorough)).toEqual([]);
});

test("what is caught and what is explained is counted by folder, and only the rest is listed", () => {
  const found = [
    mutant({ by: "a.test.ts: a" }),
    mutant({ id: "2", replacement: "true" }),
    mutant({ id: "3", replacement: "false", isUnreached: true }),
  ];
  const explained = new Map([["policy/plain.ts: a < b → true", "equal"]]);
  expect(scores(found, explained)).toEqual([
    { folder: "policy", mutants: 3, caught: 1, explained: 1, score: 33.3 },
  ]);
  expect(reportLines(found, explained)).toEqual([
    "policy/plain.ts:7 a < b → false (no test runs it)",
    "",
    "folder  mutants  caught  explained   score",
    "policy        3       1          1  33.3 %",
  ]);
});

test("a mutant is listed without its line, and no longer than a line", () => {
  expect(keyOf(mutant())).toBe("policy/plain.ts: a < b → a <= b");
  expect(keyOf(mutant({ line: 8 }))).toBe(keyOf(mutant()));
  expect(keyOf(mutant({ original: "x".repeat(101) }))).toBe(`policy/plain.ts: ${"x".repeat(100)} … → a <= b`);
});

test("each explanation is of a mutant that there is", async () => {
  const explained = [...readExplained().keys()];
  const named = new Set(explained.map((key) => key.split(": ")[0] ?? ""));
  const files = mutatedFiles().filter((file) => named.has(file));
  const { mutants } = await instrument(
    files.map((name) => ({ name, content: readFileSync(join(repository, name), "utf8") })),
  );
  const keys = new Set(mutants.map(keyOf));
  expect(
    explained.filter((key) => !keys.has(key)),
    explainedFile,
  ).toEqual([]);
});

test.each([
  ["--workers", "0"],
  ["--workers", "many"],
  ["--worker", "2"],
])("%s %s is wrong usage", async (...argv) => {
  await expect(main(argv)).rejects.toThrow(UsageError);
});

test.each([
  ["--files", "docs/**"],
  ["--since", "no-such-commit"],
])("%s %s is refused before anything is copied", async (...argv) => {
  await expect(main(argv)).rejects.toThrow(UserError);
});
