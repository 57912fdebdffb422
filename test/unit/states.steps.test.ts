import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { loadTenants } from "../../tenants/load.ts";
import { recordedSteps, type TenantFiles } from "../../tools/states/steps.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const dev = join(repository, "tenants", "dev");
const committed: TenantFiles = Object.fromEntries(
  readdirSync(dev).flatMap((name) =>
    name.endsWith(".yaml") ? [[name.slice(0, -".yaml".length), readFileSync(join(dev, name), "utf8")]] : [],
  ),
);

/** The tenants after each step, as the loader reads the files: what the program will see. */
function tenantsAfterEach() {
  let files = committed;
  return recordedSteps.map(({ name, change }) => {
    files = change(files);
    using folder = temporaryFolder();
    for (const [tenant, text] of Object.entries(files)) {
      folder.write(`${tenant}.yaml`, text);
    }
    return { name, tenants: new Map(loadTenants(folder.path).map((tenant) => [tenant.id, tenant])) };
  });
}

test("the recorded steps take tenants through their lives, each from the one before", () => {
  const steps = tenantsAfterEach();
  const seen = (id: string) =>
    steps.map(({ name, tenants }) => {
      const tenant = tenants.get(id);
      return tenant && `${name}: ${tenant.plan} ${tenant.state} ${tenant.keyEpoch}`;
    });
  expect(seen("acme").at(-1)).toBe("5offboard: pro active 2");
  expect(seen("bluebird")).toEqual([
    "0base: basic active 1",
    "1newcomer: basic active 1",
    "2plan: pro active 1",
    "3suspend: pro suspended 1",
    "4rotate: pro active 1",
    "5offboard: pro active 1",
  ]);
  expect(seen("newcomer")).toEqual([
    undefined,
    "1newcomer: basic active 1",
    "2plan: basic active 1",
    "3suspend: basic active 1",
    "4rotate: basic active 1",
    "5offboard: basic offboarded 1",
  ]);
});

test("the files of recorded states sort in the order of the steps", () => {
  const names = recordedSteps.map(({ name }) => name);
  expect(names.toSorted()).toEqual(names);
});
