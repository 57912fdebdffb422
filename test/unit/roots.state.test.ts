import { expect, test } from "vitest";
import {
  oldBackupRoots,
  oldRootNames,
  pendingOperations,
  stackExportOf,
  unmarkedTenants,
  withoutOldRoots,
} from "../../ops/roots/state.ts";

const urn = (type: string, name: string) => `urn:pulumi:cell::openclaw::${type}::${name}`;
const oldType = "random:index/randomBytes:RandomBytes";
const credentialRoot = urn(oldType, "acme-credential-root");
const backupRoot = urn(oldType, "acme-backup-root");
const other = urn("kubernetes:core/v1:ConfigMap", "acme-config");
const root = Buffer.alloc(32, 7).toString("base64");

/** What an export of a program before 0.2 holds, with its secrets shown. */
const exported = () => ({
  version: 3,
  deployment: {
    secrets_providers: { type: "passphrase" },
    resources: [
      {
        urn: urn("pulumi:pulumi:Stack", "openclaw-cell"),
        type: "pulumi:pulumi:Stack",
        outputs: {
          tenants: { acme: { plan: "pro" }, bluebird: { plan: "basic", encryptedRoots: true } },
          cell: 1,
        },
      },
      { urn: credentialRoot, type: oldType, id: root, outputs: {} },
      {
        urn: backupRoot,
        type: oldType,
        id: root,
        protect: true,
        outputs: {
          base64: { "4dabf18193072939515e22adb298388d": "x", plaintext: JSON.stringify(root) },
        },
      },
      { urn: backupRoot, type: oldType, id: "gone", delete: true },
      { urn: other, type: "kubernetes:core/v1:ConfigMap", id: "x", inputs: { kept: [1] } },
      {
        urn: urn("kubernetes:core/v1:Secret", "acme-credentials"),
        type: "kubernetes:core/v1:Secret",
        dependencies: [credentialRoot, other, backupRoot],
        propertyDependencies: { data: [credentialRoot, backupRoot], metadata: null, kind: [other] },
      },
    ],
  },
});

const state = stackExportOf(JSON.stringify(exported()));

test("roots in the clear are found by their type", () => {
  expect(oldRootNames(state)).toEqual(["acme-credential-root", "acme-backup-root"]);
  expect(oldRootNames(stackExportOf('{"deployment":{"resources":null}}'))).toEqual([]);
});

test("operations that a killed engine began are counted: an import forgets them", () => {
  expect(pendingOperations(state)).toBe(0);
  const deployment = { ...state.deployment, pending_operations: [{ type: "creating" }] };
  expect(pendingOperations(stackExportOf(JSON.stringify({ deployment })))).toBe(1);
});

test("a tenant's backups are of the root that is not waiting to be deleted", () => {
  expect(oldBackupRoots(state)).toEqual(new Map([["acme", Buffer.alloc(32, 7)]]));
});

test("the roots leave the state with every reference to them, and nothing else does", () => {
  const { deployment, ...rest } = withoutOldRoots(state);
  const text = JSON.stringify(deployment);
  expect(text).not.toContain("RandomBytes");
  expect(text).not.toContain(root);
  const before = exported();
  expect(rest).toEqual({ version: 3 });
  expect(deployment.secrets_providers).toEqual(before.deployment.secrets_providers);
  expect(deployment.resources?.slice(1)).toEqual([
    before.deployment.resources[4],
    {
      ...before.deployment.resources[5],
      dependencies: [other],
      propertyDependencies: { data: [], metadata: null, kind: [other] },
    },
  ]);
});

test("every tenant of the last update is marked, so that the program goes on", () => {
  expect(unmarkedTenants(state)).toEqual(["acme"]);
  const renewed = withoutOldRoots(state);
  expect(unmarkedTenants(renewed)).toEqual([]);
  expect(renewed.deployment.resources?.[0]?.outputs).toEqual({
    tenants: {
      acme: { plan: "pro", encryptedRoots: true },
      bluebird: { plan: "basic", encryptedRoots: true },
    },
    cell: 1,
  });
  expect(withoutOldRoots(renewed)).toEqual(renewed);
});

test("an output of that name of another resource is left as it is", () => {
  const cell = {
    urn: urn("openclaw:x:Cell", "x"),
    type: "openclaw:x:Cell",
    outputs: { tenants: { acme: {} } },
  };
  const renewed = withoutOldRoots(stackExportOf(JSON.stringify({ deployment: { resources: [cell] } })));
  expect(renewed.deployment.resources).toEqual([cell]);
  expect(unmarkedTenants(renewed)).toEqual([]);
});

test("a state without an update has no tenants", () => {
  expect(unmarkedTenants(stackExportOf('{"deployment":{"resources":[]}}'))).toEqual([]);
});

test.each([
  '{"deployment":{"resources":[{"type":"t"}]}}',
  '{"deployment":{"resources":[{"urn":"u"}]}}',
  '{"deployment":{"resources":{}}}',
  "{}",
])("%s is no export of a stack", (text) => {
  expect(() => stackExportOf(text)).toThrow();
});

test("what the last update said and nobody can read is no stack without old roots", () => {
  for (const tenants of ["acme", { acme: { encryptedRoots: "yes" } }]) {
    const unreadable = stackExportOf(
      JSON.stringify({
        version: 3,
        deployment: {
          resources: [
            {
              urn: "urn:pulumi:dev::openclaw::pulumi:pulumi:Stack::openclaw-dev",
              type: "pulumi:pulumi:Stack",
              outputs: { tenants },
            },
          ],
        },
      }),
    );
    expect(() => unmarkedTenants(unreadable)).toThrow(
      /output `tenants`[\s\S]*cannot be read[\s\S]*Nothing was changed/,
    );
  }
});
