import { describe, expect, test } from "vitest";
import {
  isBeingOffboarded,
  refuseOldRoots,
  refuseRemovals,
  refuseReversals,
} from "../../components/tenant/lastUpdate.ts";
import type { PlanName } from "../../tenants/plans.ts";

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

describe("a change that no update can make", () => {
  const of = (diskGiB?: number, keyEpoch?: number) => ({ acme: { ...active, diskGiB, keyEpoch } });
  const attempt = (records: Parameters<typeof refuseReversals>[0], plan: PlanName, keyEpoch: number) => () =>
    refuseReversals(records, [{ id: "acme", plan, keyEpoch }], "tenants/dev");

  test("is a smaller volume, and a larger one is none", () => {
    expect(attempt(of(50, 1), "basic", 1)).toThrow(
      /tenants\/dev\/acme\.yaml: plan basic has a volume of 10 GiB, and the tenant's has 50;.*--into NEWID/,
    );
    expect(attempt(of(50, 1), "pro", 1)).not.toThrow();
    expect(attempt(of(50, 1), "enterprise", 1)).not.toThrow();
  });

  test("is an earlier keyEpoch", () => {
    expect(attempt(of(10, 3), "basic", 2)).toThrow("keyEpoch 2 has been; it was raised to 3");
    expect(attempt(of(10, 3), "basic", 4)).not.toThrow();
  });

  test("is none for a tenant that is new, or of a program that did not record it", () => {
    expect(attempt({}, "basic", 1)).not.toThrow();
    expect(attempt(of(), "basic", 1)).not.toThrow();
  });
});

test("a last backup belongs to the update that offboards, and to no other", () => {
  const offboarded = { state: "offboarded" } as const;
  expect(isBeingOffboarded(active, offboarded)).toBe(true);
  expect(isBeingOffboarded({ ...active, state: "suspended" }, offboarded)).toBe(true);
  expect(isBeingOffboarded({ ...active, state: "offboarded" }, offboarded)).toBe(false);
  expect(isBeingOffboarded(undefined, offboarded)).toBe(false);
  expect(isBeingOffboarded(active, { state: "suspended" })).toBe(false);
});

test("a stack whose roots stand in the clear is refused, with the command that makes others", () => {
  const records = { acme: { ...active, encryptedRoots: true }, bluebird: active, corvus: active };
  expect(() => refuseOldRoots(records)).toThrow(
    /nothing was changed: bluebird, corvus\n.*npm run renew-roots/,
  );
  expect(() => refuseOldRoots({ acme: records.acme })).not.toThrow();
  expect(() => refuseOldRoots({})).not.toThrow();
});
