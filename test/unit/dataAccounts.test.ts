import { expect, test } from "vitest";
import { databaseJobSpec } from "../../components/backup/restore.ts";
import {
  backupAccessKeyId,
  cacheUser,
  databaseBackupLogin,
  databaseLogin,
  databaseOf,
  filesAccessKeyId,
} from "../../components/services/accounts/accounts.ts";
import { accountsJobSpec, type DataAction } from "../../components/services/accounts/jobs.ts";
import { maxKeyEpoch } from "../../tenants/schema.ts";
import { inClusterFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";

const names = (id: string, keyEpoch: number) => [
  databaseOf(id),
  databaseLogin({ id, keyEpoch }),
  databaseBackupLogin({ id, keyEpoch }),
  cacheUser({ id, keyEpoch }),
  filesAccessKeyId({ id, keyEpoch }),
  backupAccessKeyId({ id, keyEpoch }),
];

test("the longest id and the last epoch fit into a name of PostgreSQL", () => {
  for (const name of names("a".repeat(40), maxKeyEpoch)) {
    expect(name.length).toBeLessThanOrEqual(63);
  }
});

test("tenants whose ids look like another's accounts share no name with it", () => {
  const ids = ["acme", "acme-e1", "acme-2", "acme-backup", "backup-e1", "acme-backup-e1"];
  const all = ids.flatMap((id) => [...new Set(names(id, 1))]);
  expect(new Set(all).size).toBe(all.length);
});

const acme = tenant({ id: "acme", dataServices: true });

/** The variables of the owner's mark of every container, by its name. */
const ownerVariables = (spec: ReturnType<typeof accountsJobSpec>) =>
  [...(spec.template.spec?.initContainers ?? []), ...(spec.template.spec?.containers ?? [])].map(
    ({ name, env = [] }) =>
      [name, env.filter((each) => ["INCARNATION", "ADOPT"].includes(each.name))] as const,
  );

test("every container that provisions is told the tenant's owner's mark, and whether to adopt", () => {
  for (const [adopt, value] of [
    [false, "no"],
    [true, "yes"],
  ] as const) {
    const variables = ownerVariables(accountsJobSpec("provision", acme, inClusterFacts, adopt));
    expect(variables.map(([name]) => name)).toEqual(["database", "cache", "object-store"]);
    for (const [, env] of variables) {
      expect(env).toEqual([
        {
          name: "INCARNATION",
          valueFrom: { fieldRef: { fieldPath: "metadata.annotations['openclaw.ai/incarnation']" } },
        },
        { name: "ADOPT", value },
      ]);
    }
  }
});

test("a refusal is not tried again", () => {
  expect(accountsJobSpec("provision", acme, inClusterFacts).podFailurePolicy?.rules).toEqual([
    { action: "FailJob", onExitCodes: { operator: "In", values: [10] } },
  ]);
});

test("what ends credentials, drops or restores leaves owner's marks as they are", () => {
  const args = { tenant: acme, sourceId: "acme", restoreId: "1", services: inClusterFacts };
  const specs = [
    ...(["retire", "drop"] as const satisfies DataAction[]).map((action) =>
      accountsJobSpec(action, acme, inClusterFacts),
    ),
    ...(["prepare", "put-back"] as const).map((phase) => databaseJobSpec(phase, args).spec),
  ];
  for (const spec of specs) {
    const variables = spec === undefined ? [] : ownerVariables(spec);
    expect(variables.length).toBeGreaterThan(0);
    expect(variables.flatMap(([, env]) => env)).toEqual([]);
  }
});
