import { join } from "node:path";
import { expect, test } from "vitest";
import { type Drift, driftOf, driftText, readDrifts, writeDriftIssue } from "../../ops/ci/drift.ts";
import type { Issue } from "../../ops/ci/forge.ts";
import type { StackPreview } from "../../ops/review/model.ts";
import { noPreview } from "../../ops/review/preview.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const preview = (fields: Partial<StackPreview>): StackPreview => ({
  ...noPreview("cell-01", "failed"),
  outcome: "previewed",
  ...fields,
});
const quotas = (...names: string[]): StackPreview["changes"][number] => ({
  kind: "update",
  type: "ResourceQuota",
  names,
  properties: [{ path: "spec.hard.pods", from: "3", to: "99" }],
});

test("a stack is clean if an update would change nothing", () => {
  expect(driftOf(preview({}), "")).toEqual({
    stack: "cell-01",
    outcome: "clean",
    changes: [],
    beingDeleted: "",
  });
});

test("every resource that an update would change counts, and none of its values is told", () => {
  expect(driftOf(preview({ changes: [quotas("a", "b")] }), "")).toEqual({
    stack: "cell-01",
    outcome: "drifted",
    changes: [
      { kind: "update", type: "ResourceQuota", name: "a" },
      { kind: "update", type: "ResourceQuota", name: "b" },
    ],
    beingDeleted: "",
  });
});

test("a comparison that failed is not taken for a clean stack", () => {
  expect(driftOf(preview({ outcome: "failed" }), "").outcome).toBe("unknown");
});

test("a claim that is being deleted is drift although an update would change nothing, and stands in the issue first", () => {
  const drift = driftOf(preview({}), "The claim openclaw-data in tenant-a is being deleted");
  expect(drift.outcome).toBe("drifted");
  const text = driftText(drift, "https://example.org/run/1");
  expect(text).toContain("```\nThe claim openclaw-data in tenant-a is being deleted\n```");
  expect(text).not.toContain("The next update would do this");
  expect(driftOf(preview({}), undefined).outcome).toBe("unknown");
  expect(driftText(driftOf(preview({ outcome: "failed" }), "The claim x"), "run")).toContain("The claim x");
});

test("results are read from a folder, and what is none is refused by its name", async () => {
  using folder = temporaryFolder();
  const result = driftOf(preview({}), "");
  folder.write("cell-01.json", JSON.stringify(result));
  expect(await readDrifts(folder.path)).toEqual([result]);
  expect(await readDrifts(join(folder.path, "nowhere"))).toEqual([]);
  folder.write("other.json", "{}");
  await expect(readDrifts(folder.path)).rejects.toThrow(/other\.json/);
});

/** The issues of a repository, and what was done to them. */
function tracker(issues: Issue[] = []) {
  const done: string[] = [];
  return {
    done,
    issues,
    forge: {
      runUrl: "https://example.org/run/1",
      ownOpenIssues: async () => issues,
      openIssue: async (title: string, body: string) => {
        done.push(`open: ${title}`);
        issues.push({ number: issues.length + 1, title, body });
      },
      updateIssue: async (number: number, title: string) => {
        done.push(`update ${number}: ${title}`);
      },
      closeIssue: async (number: number, comment: string) => {
        done.push(`close ${number}: ${comment}`);
      },
    },
  };
}

const drifted: Drift = {
  stack: "cell-01",
  outcome: "drifted",
  changes: [{ kind: "update", type: "ResourceQuota", name: "a" }],
  beingDeleted: "",
};

test("a stack has one issue: opened, updated, and closed when the stack is clean", async () => {
  const { forge, done } = tracker();
  expect(await writeDriftIssue(forge, drifted)).toBe("opened");
  expect(await writeDriftIssue(forge, { ...drifted, outcome: "unknown", changes: [] })).toBe("updated");
  expect(await writeDriftIssue(forge, { ...drifted, outcome: "clean", changes: [] })).toBe("closed");
  expect(done).toEqual([
    "open: cell-01 is not as its files say",
    "update 1: cell-01 could not be compared with its files",
    "close 1: As its files say again: https://example.org/run/1",
  ]);
});

test("the issue of a stack whose name begins alike is another", async () => {
  const { forge } = tracker();
  await writeDriftIssue(forge, { ...drifted, stack: "cell-011" });
  expect(await writeDriftIssue(forge, drifted)).toBe("opened");
  expect(await writeDriftIssue(forge, { ...drifted, stack: "cell", outcome: "clean" })).toBe("none");
});

test("the text lists at most fifty resources and says how many more there are", () => {
  const many = Array.from({ length: 53 }, (_, index) => ({
    kind: "update" as const,
    type: "ResourceQuota",
    name: `r${index}`,
  }));
  const text = driftText({ ...drifted, changes: many }, "https://example.org/run/1");
  expect(text).toContain("r49");
  expect(text).not.toContain("r50");
  expect(text).toContain("and 3 more");
});
