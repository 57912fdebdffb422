import { expect, test } from "vitest";
import { leftovers } from "../../ops/roots/leftovers.ts";
import type { Target } from "../../ops/stack/target.ts";

const target = (kind: Target["kind"]): Target => ({ kind, stack: "prod", home: "/home", folder: "/home" });

test.each(["embedded", "local"] as const)("copies of roots lie beside a state of kind %s", (kind) => {
  const text = leftovers(target(kind));
  expect(text).toContain("/home/state/.pulumi/history/openclaw/prod\n");
  expect(text).toContain("/home/state/.pulumi/backups/openclaw/prod\n");
  expect(text).toContain("/home/state/.pulumi/stacks/openclaw/prod.json.bak\n");
  expect(text).not.toContain("in your backend");
});

test("copies of roots lie in the history of a stack in the user's own backend, old versions among them", () => {
  const text = leftovers(target("own"));
  expect(text).toContain("the history of the stack prod in your backend");
  expect(text).toContain(".pulumi/stacks/openclaw/prod.json.bak, with their old versions");
  expect(text).not.toContain("/home");
});

test("exports and logs are named wherever the state is, and where it is said what to do", () => {
  for (const kind of ["embedded", "own"] as const) {
    expect(leftovers(target(kind))).toMatch(/stack export[\s\S]*preview --diff[\s\S]*docs\/operations\.md/);
  }
});
