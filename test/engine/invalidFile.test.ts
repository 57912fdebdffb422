import { afterAll, beforeAll, expect, test } from "vitest";
import { tenantYaml } from "../fixtures/tenant.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/** One wrong file among 50. The tests build on each other, in this order. */
let cell: Cell;

const room = "openclaw:maxTenants=60";
const wrong = tenantYaml({ plan: "gold" });
/** Where it is wrong: as a terminal and a CI log make it a link. */
const place = /invalid-25\.yaml:3:\d+ {2}plan\n/;

beforeAll(async () => {
  cell = await openCell("invalid");
  for (let number = 1; number <= 50; number += 1) {
    const id = `invalid-${String(number).padStart(2, "0")}`;
    cell.write(`${id}.yaml`, id === "invalid-25" ? wrong : tenantYaml());
  }
});
afterAll(() => cell.close());

const namespaces = async (): Promise<string[]> => {
  const list = await cell.json("get", "namespaces", "--selector=openclaw.ai/tenant");
  return list.items
    .map(({ metadata }: Live) => metadata.name)
    .filter((name: string) => name.startsWith("tenant-invalid"));
};
/** Names of the resources that the state has of tenants. */
const recorded = async (): Promise<string[]> => {
  const { latest } = JSON.parse(await cell.stateText()).checkpoint;
  const urns: string[] = (latest?.resources ?? []).map(({ urn }: Live) => urn);
  return urns.filter((urn) => urn.includes("openclaw:tenant:")).map((urn) => urn.split("::").at(-1) ?? urn);
};

test.for([
  ["preview", "--config", room],
  ["up", "--yes", "--skip-preview", "--config", room],
] as const)(
  "%s of a cell with one wrong file among 50 fails with its place, and nothing is made",
  async (args) => {
    const [command, ...rest] = args;
    const { code, stdout, stderr } = await cell.pulumi(command, ...rest);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/1 problem in the tenant files/);
    expect(stdout + stderr).toMatch(place);
    expect(stdout + stderr).toMatch(/found +the text "gold"/);
    expect(stdout + stderr, "a user's mistake is no stack trace").not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect(await namespaces()).toEqual([]);
    expect(await recorded()).toEqual([]);
  },
);

test("a wrong file keeps even the changes of the right ones from being applied", async () => {
  for (let number = 1; number <= 50; number += 1) {
    await cell.removeTenant(`invalid-${String(number).padStart(2, "0")}`);
  }
  cell.writeTenant("invalid-01");
  await cell.up();
  expect(await namespaces()).toEqual(["tenant-invalid-01"]);
  const before = await cell.json("get", "all,resourcequotas,configmaps", "--namespace=tenant-invalid-01");
  const state = await recorded();

  cell.writeTenant("invalid-01", { plan: "pro" });
  cell.writeTenant("invalid-02");
  cell.write("invalid-25.yaml", wrong);
  const { code, stdout, stderr } = await cell.pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(place);
  expect(await cell.json("get", "all,resourcequotas,configmaps", "--namespace=tenant-invalid-01")).toEqual(
    before,
  );
  expect(await namespaces()).toEqual(["tenant-invalid-01"]);
  expect(await recorded()).toEqual(state);
});

test("with the file put right the same update goes through", async () => {
  cell.write("invalid-25.yaml", tenantYaml({ plan: "pro" }));
  await cell.up();
  expect(await namespaces()).toEqual(["tenant-invalid-01", "tenant-invalid-02", "tenant-invalid-25"]);
});
