import { expect, test, vi } from "vitest";
import { problemsOfFiles } from "../fixtures/problems.ts";
import { tenantYaml } from "../fixtures/tenant.ts";

// Tests may run as root, who can read every file: the refusal has to be played.
vi.mock("node:fs", async (importOriginal) => ({
  ...(await importOriginal<typeof import("node:fs")>()),
  readFileSync: () => {
    throw Object.assign(new Error("EACCES: permission denied, open"), { code: "EACCES" });
  },
}));

test("a file that may not be read is a problem among others, not a crash", () => {
  expect(problemsOfFiles({ "a.yaml": tenantYaml(), "B.yaml": tenantYaml() })).toMatchObject([
    { file: "B.yaml", found: 'the id "B"' },
    { file: "B.yaml", found: "a file that cannot be read: permission denied" },
    { file: "a.yaml", found: "a file that cannot be read: permission denied" },
  ]);
});
