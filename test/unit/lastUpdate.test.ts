import { expect, test } from "vitest";
import { refuseRemovals } from "../../components/tenant/lastUpdate.ts";

const active = { state: "active", dataProtected: true };
const refusal = (records: Parameters<typeof refuseRemovals>[0], ids: string[]) => () =>
  refuseRemovals(
    records,
    ids.map((id) => ({ id })),
    "tenants/dev",
  );

test("every tenant that is protected must have its file", () => {
  expect(refusal({ acme: active }, ["acme", "bluebird"])).not.toThrow();
  expect(refusal({ acme: active, bluebird: active }, ["bluebird"])).toThrow(
    "tenants/dev/acme.yaml: the tenant is active; put the file back, with state: offboarded",
  );
});

test("all of them are named at once", () => {
  const records = { acme: active, bluebird: { ...active, state: "suspended" } };
  expect(refusal(records, [])).toThrow(
    /acme\.yaml: the tenant is active[\s\S]*bluebird\.yaml: the tenant is susp/,
  );
});

test("an offboarded tenant's file may go once its data is no longer protected", () => {
  const offboarded = { state: "offboarded", retainUntil: "2027-06-01" };
  expect(refusal({ acme: { ...offboarded, dataProtected: true } }, [])).toThrow("kept until 2027-06-01");
  expect(refusal({ acme: { ...offboarded, dataProtected: false } }, [])).not.toThrow();
});
