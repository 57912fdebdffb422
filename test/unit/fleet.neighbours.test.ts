import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { neighbourhood } from "../../settings/neighbours.ts";
import { problemsOf } from "../fixtures/problems.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const settings = (values: object) => JSON.stringify({ config: values });

/** Two cells of one platform, one of them with its tenants elsewhere, and a stack whose settings are broken. */
const fleet = {
  "Pulumi.west.yaml": settings({ "openclaw:platform": { domain: "west.example" } }),
  "Pulumi.west-01.yaml": settings({ "openclaw:platform": { stack: "organization/openclaw/west" } }),
  "Pulumi.west-02.yaml": settings({
    "openclaw:platform": { stack: "organization/openclaw/west" },
    "openclaw:tenants": "customers/second",
  }),
  "Pulumi.broken.yaml": "config: [",
  "tenants/tenant.schema.json": "{}",
  "tenants/broken/README.md": "",
};

describe("a stack's neighbourhood", () => {
  test("knows the domain of every cell that its own settings or its owner's name", () => {
    using folder = temporaryFolder(fleet);
    const { domain } = neighbourhood("west-01", join(folder.path, "tenants/west-01"), {
      folder: folder.path,
    });
    expect(["west", "west-01", "second", "broken", "nobody"].map((cell) => domain(cell))).toEqual([
      ...["west.example", "west.example", "west.example"],
      ...[undefined, undefined],
    ]);
  });

  test("takes the domain that the program has rather than the one of the committed settings", () => {
    using folder = temporaryFolder(fleet);
    const { domain } = neighbourhood("west", join(folder.path, "tenants/west"), {
      ownDomain: "mine.example",
      folder: folder.path,
    });
    expect([domain("west"), domain("west-01")]).toEqual(["mine.example", "west.example"]);
  });

  test.each([
    ["west-01", "tenants/west-01", "customers/second/finch.yaml"],
    ["west-02", "customers/second", "tenants/west-01/finch.yaml"],
  ])("of %s has hosts wherever openclaw:tenants puts its neighbours", (stack, own, neighbour) => {
    using folder = temporaryFolder({
      ...fleet,
      [`${own}/corvus.yaml`]: tenantYaml({ host: "a.acme.example" }),
      [neighbour]: tenantYaml({ host: "a.acme.example" }),
    });
    const tenants = join(folder.path, own);
    const problems = problemsOf(tenants, neighbourhood(stack, tenants, { folder: folder.path }));
    expect(problems).toMatchObject([{ path: "host", found: expect.stringMatching(/finch\.yaml$/) }]);
  });

  test("of tenants that the committed settings do not name is what lies beside them", () => {
    using folder = temporaryFolder(fleet);
    const { neighbours } = neighbourhood("west-01", join(folder.path, "trial"), { folder: folder.path });
    expect(neighbours).toEqual([]);
  });
});
