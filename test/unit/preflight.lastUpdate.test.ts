import { describe, expect, test } from "vitest";
import type { LastUpdate, TenantRecord } from "../../components/preflight/lastUpdate.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { temporaryFolder, tenant } from "../fixtures/tenant.ts";

const { refuseByLastUpdate, isBeingOffboarded } = await import("../../components/preflight/index.ts");
const { recordsIn } = await import("../../components/preflight/lastUpdate.ts");

const active: TenantRecord = { state: "active", dataProtected: true, encryptedRoots: true };

const after = (records: LastUpdate["records"]): LastUpdate => ({ records, hasRun: true });

const refusal =
  (records: LastUpdate["records"], tenants: readonly Tenant[], folder = "tenants/dev") =>
  () =>
    refuseByLastUpdate(after(records), { tenants, folder });

const named = (...ids: string[]) => ids.map((id) => tenant({ id }));

test("every tenant that is protected must have its file", () => {
  expect(refusal({ acme: active }, named("acme", "bluebird"))).not.toThrow();
  expect(refusal({ acme: active, bluebird: active }, named("bluebird"))).toThrow(
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
  const offboarded = { ...active, state: "offboarded", retainUntil: "2027-06-01" };
  expect(refusal({ acme: { ...offboarded, dataProtected: true } }, [])).toThrow("kept until 2027-06-01");
  expect(refusal({ acme: { ...offboarded, dataProtected: false } }, [])).not.toThrow();
});

test("a file that is in another cell's folder is left to what the cluster says of the tenant", () => {
  using cells = temporaryFolder({
    "tenant.schema.json": "",
    "dev/bluebird.yaml": "",
    "second/acme.yaml": "",
  });
  expect(refusal({ acme: active }, named("bluebird"), `${cells.path}/dev`)).not.toThrow();
  expect(refusal({ corvus: active }, named("bluebird"), `${cells.path}/dev`)).toThrow("corvus.yaml");
});

test("roots in the clear are refused, with the command that makes others", () => {
  const { encryptedRoots: _, ...old } = active;
  expect(refusal({ acme: old, bluebird: active }, named("acme", "bluebird"))).toThrow(
    /stand in the clear in the state of the stack; nothing was changed: acme\n`npm run renew-roots -- --stack /,
  );
});

describe("a change that no update can make", () => {
  const of = (record: Partial<TenantRecord>) => ({ acme: { ...active, ...record } });

  test("is a smaller volume, and a larger one is none", () => {
    const records = of({ diskGiB: 50, keyEpoch: 1 });
    expect(refusal(records, [tenant({ plan: "basic" })])).toThrow(
      /tenants\/dev\/acme\.yaml: plan basic has a volume of 10 GiB, and the tenant's has 50;.*--into NEWID/,
    );
    expect(refusal(records, [tenant({ plan: "pro" })])).not.toThrow();
    expect(refusal(records, [tenant({ plan: "enterprise" })])).not.toThrow();
  });

  test("is an earlier keyEpoch", () => {
    const records = of({ diskGiB: 10, keyEpoch: 3 });
    expect(refusal(records, [tenant({ keyEpoch: 2 })])).toThrow("keyEpoch 2 has been; it was raised to 3");
    expect(refusal(records, [tenant({ keyEpoch: 4 })])).not.toThrow();
  });

  test("is none for a tenant that is new, or of a program that did not record it", () => {
    expect(refusal({}, [tenant({ plan: "basic" })])).not.toThrow();
    expect(refusal(of({}), [tenant({ plan: "basic" })])).not.toThrow();
  });
});

test("a tenant is being offboarded by the first update after its file says so", () => {
  expect(isBeingOffboarded(active, { state: "offboarded" })).toBe(true);
  expect(isBeingOffboarded({ ...active, state: "suspended" }, { state: "offboarded" })).toBe(true);
  expect(isBeingOffboarded({ ...active, state: "offboarded" }, { state: "offboarded" })).toBe(false);
  expect(isBeingOffboarded(undefined, { state: "offboarded" })).toBe(false);
  expect(isBeingOffboarded(active, { state: "suspended" })).toBe(false);
});

describe("what the last update said", () => {
  const written = {
    ...{ namespace: "tenant-acme", url: "https://acme.openclaw.example", plan: "pro", monthlyCny: 551 },
    ...{ state: "active", dataProtected: true, keyEpoch: 2, diskGiB: 50, encryptedRoots: true },
  };

  test("is nothing for a stack that was never brought up", () => {
    expect(recordsIn({})).toEqual({});
  });

  test("is read whatever else a newer version writes beside it", () => {
    expect(recordsIn({ tenants: { acme: { ...written, colour: "blue" } } })).toMatchObject({
      acme: { state: "active", keyEpoch: 2 },
    });
  });

  test.each([
    ["one record of another shape", { acme: written, bluebird: { ...written, dataProtected: "yes" } }],
    ["a record that is none", { acme: written, bluebird: null }],
    ["a list", [written]],
    ["a text", "acme"],
    ["nothing where there was something", null],
    ["a number that has become a text", { acme: { ...written, keyEpoch: "2" } }],
  ])("that cannot be read, such as %s, ends the update with what to do", (_, tenants) => {
    expect(() => recordsIn({ tenants })).toThrow(
      /^The stack's output `tenants`[\s\S]*nothing was changed\.\n {2}tenants\.[\s\S]*pulumi stack export -s /,
    );
  });
});
