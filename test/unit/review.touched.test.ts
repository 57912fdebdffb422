import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import type { ChangedFile } from "../../ops/review/git.ts";
import { touchedStacks } from "../../ops/review/touched.ts";
import { fleetStack } from "../fixtures/review.ts";

const fleet = [
  fleetStack("dev", { role: "owner", platform: "dev" }),
  fleetStack("north", { role: "owner" }),
  fleetStack("north-01"),
  fleetStack("north-02", { canary: true }),
  fleetStack("north-03", { tenantsFolder: "customers/third" }),
];
/** Owners, then the canary, then the others. */
const all = ["dev", "north", "north-02", "north-01", "north-03"];

const changed = (path: string, status: ChangedFile["status"] = "modified"): ChangedFile => ({ path, status });
const touched = (...files: readonly ChangedFile[]) => touchedStacks(files, fleet);
const names = (...files: readonly ChangedFile[]) => touched(...files).stacks.map(({ stack }) => stack);

describe("a changed file touches", () => {
  test.each<[what: string, path: string, stacks: readonly string[]]>([
    ["a tenant file its cell's stack", "tenants/north-01/acme.yaml", ["north-01"]],
    [
      "a badly named tenant file its cell's stack, which will refuse it",
      "tenants/north-01/acme.YML",
      ["north-01"],
    ],
    ["a tenant file in a folder of the stack's choice that stack", "customers/third/acme.yaml", ["north-03"]],
    ["settings their stack", "Pulumi.north.yaml", ["north"]],
    ["the composition every stack", "index.ts", all],
    ["the settings' schema every stack", "settings/index.ts", all],
    ["what the program has from below its own rooms every stack", "lib/text.ts", all],
    ["a component every stack", "components/tenant/networkPolicy.ts", all],
    ["plans and prices every stack", "tenants/plans.ts", all],
    ["the project file every stack", "Pulumi.yaml", all],
    ["packages every stack", "package-lock.json", all],
    ["where packages come from every stack", ".npmrc", all],
    ["policies every stack", "policy/rules/pods.ts", all],
    ["what nobody has heard of every stack", "new/file.ts", all],
    ["documents no stack", "docs/operations.md", []],
    ["a document among the components no stack", "components/README.md", []],
    ["tests no stack", "test/unit/quota.test.ts", []],
    ["tools no stack", "ops/commands/up.ts", []],
    ["workflows no stack", ".github/workflows/preview.yml", []],
    ["the editors' schema no stack", "tenants/tenant.schema.json", []],
    ["a file that keeps a folder no stack", "tenants/north-01/.gitkeep", []],
    ["the page of policies no stack", "policy/README.md", []],
  ])("%s", (_, path, stacks) => {
    expect(touched(changed(path))).toEqual({
      stacks: stacks.map((stack) => expect.objectContaining({ stack })),
      findings: [],
    });
  });
});

/** Paths in the repository of what a file imports, and what that imports. */
function importsOf(path: string, known = new Set([path])): ReadonlySet<string> {
  const text = readFileSync(join(repository, path), "utf8");
  for (const [, relative = ""] of text.matchAll(/\bfrom "(\.[^"]+\.ts)"/g)) {
    const imported = join(dirname(path), relative);
    if (!known.has(imported)) {
      importsOf(imported, known.add(imported));
    }
  }
  return known;
}

test("every file of the program touches every stack", () => {
  const program = importsOf("index.ts");
  expect(program.size).toBeGreaterThan(100);
  expect([...program].filter((path) => names(changed(path)).length < all.length)).toEqual([]);
});

test("a stack is listed once, with every reason", () => {
  expect(
    touched(changed("tenants/dev/acme.yaml"), changed("tenants/dev/bird.yaml"), changed("Pulumi.dev.yaml")),
  ).toEqual({
    stacks: [{ stack: "dev", because: ["tenants", "settings"] }],
    findings: [],
  });
});

test("stacks are in the order of an update: owners, canary cells, the others", () => {
  expect(names(changed("index.ts"), changed("tenants/north-01/a.yaml"))).toEqual(all);
});

test("a deleted tenant file touches its stack: the preview refuses it or not", () => {
  expect(names(changed("tenants/dev/acme.yaml", "deleted"))).toEqual(["dev"]);
});

describe("what no preview shows is a finding:", () => {
  test.each<[what: string, file: ChangedFile, finding: RegExp]>([
    [
      "deleted settings",
      changed("Pulumi.south.yaml", "deleted"),
      /Pulumi\.south\.yaml is deleted: .*pulumi destroy -s south/,
    ],
    [
      "a tenant file in a folder that no stack has",
      changed("tenants/south/a.yaml", "added"),
      /no stack reads tenants\/south/,
    ],
    [
      "a tenant file below a cell's folder",
      changed("tenants/dev/old/a.yaml", "added"),
      /no stack reads tenants\/dev\/old/,
    ],
    ["a tenant file beside the cells", changed("tenants/a.yml", "added"), /no stack reads tenants\b/],
    [
      "a tenant file deleted together with its stack",
      changed("tenants/south/a.yaml", "deleted"),
      /is deleted, and no stack reads/,
    ],
  ])("%s", (_, file, finding) => {
    const { stacks, findings } = touched(file);
    expect(stacks).toEqual([]);
    expect(findings).toEqual([expect.stringMatching(finding)]);
  });
});
