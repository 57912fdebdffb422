import { describe, expect, test } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { checkIsSetUp, checkTenants, engineFor, openSession, tenantsOf } from "../../ops/stack/session.ts";
import type { Target } from "../../ops/stack/target.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

test("the embedded cluster takes any engine", () => {
  expect(engineFor({ kind: "embedded", stack: "dev" })).toEqual({ choice: undefined });
});

test.each([
  ["ack-platform", "ack"],
  ["ack-cell-01", "ack"],
  ["tke-platform", "tke"],
  ["tke-cell-01", "tke"],
])("%s takes the official engine, and the message says why", (stack, kind) => {
  expect(engineFor({ kind: "own", stack })).toMatchObject({
    choice: "official",
    reason: `The stack ${stack} is on a cluster of kind ${kind}, which takes the official engine`,
  });
});

test("stand-ins are refused where a cloud's own plugin is needed", () => {
  expect(() => engineFor({ kind: "own", stack: "ack-cell-01", engine: "stand-in" })).toThrow(
    "its cloud's plugin has no stand-in. Leave out --engine stand-in.",
  );
});

test("a cell of ACK tried on the embedded cluster takes any engine", () => {
  expect(engineFor({ kind: "embedded", stack: "ack-cell-01" })).toEqual({ choice: undefined });
});

test("a stack that nobody has set up is refused before an engine is looked for", () => {
  expect(() => checkIsSetUp({ kind: "own", stack: "ack-platform" })).toThrow(
    "Pulumi.ack-platform.yaml still has placeholders",
  );
});

test("a cell that is only tried on the embedded cluster takes what it lacks from dev", () => {
  expect(() => checkIsSetUp({ kind: "embedded", stack: "ack-cell-01" })).not.toThrow();
  expect(() => checkIsSetUp({ kind: "own", stack: "dev" })).not.toThrow();
});

describe("before anything is built or started", () => {
  const targetWith = (tenants: string | undefined, stack = "dev"): Target => ({
    kind: "local",
    stack,
    home: "/none",
    folder: "/none",
    ...(tenants === undefined ? {} : { tenants }),
  });
  const cellOf = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}.yaml`, tenantYaml()]));

  test("a wrong tenant file is refused with the report", async () => {
    using folder = temporaryFolder({ "acme.yaml": tenantYaml({ plan: "gold" }) });
    expect(() => checkTenants(targetWith(folder.path))).toThrow(UserError);
    await expect(openSession(targetWith(folder.path), silentProgress)).rejects.toThrow(
      /acme\.yaml:3:7 +plan/,
    );
  });

  test("so is a stack that nobody has set up", async () => {
    const target: Target = { ...targetWith(undefined, "tke-cell-01"), kind: "own" };
    await expect(openSession(target, silentProgress)).rejects.toThrow("still has placeholders");
  });

  test("a cell that is fuller than its stack allows is refused, 25 unless its settings say otherwise", () => {
    using full = temporaryFolder(cellOf(25));
    expect(() => checkTenants(targetWith(full.path))).not.toThrow();
    using overfull = temporaryFolder(cellOf(26));
    expect(() => checkTenants(targetWith(overfull.path))).toThrow(/26 tenants/);
    expect(() => checkTenants(targetWith(overfull.path, "trial"))).toThrow(/26 tenants/);
  });

  test("each of several cells is counted by itself", () => {
    using folder = temporaryFolder({ "a/one.yaml": tenantYaml(), "b/two.yaml": tenantYaml() });
    const targets = ["a", "b"].map((cell) => targetWith(`${folder.path}/${cell}`));
    expect(() => checkTenants(...targets)).not.toThrow();
  });

  test("a folder that the command line names must be there; an owner of a platform need not have one", () => {
    expect(() => checkTenants(targetWith("/no/such/folder"))).toThrow(UserError);
    expect(tenantsOf(targetWith(undefined, "ack-platform"))).toEqual([]);
    expect(tenantsOf(targetWith(undefined)).map(({ id }) => id)).toContain("acme");
  });
});
