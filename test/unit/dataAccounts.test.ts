import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { databaseJobSpec } from "../../components/backup/restore.ts";
import { deriveCredential } from "../../components/instance/derivation.ts";
import { rootLength } from "../../components/randomRoot.ts";
import { accountSecretData } from "../../components/services/accounts/accountSecret.ts";
import {
  backupAccessKeyId,
  cacheUser,
  databaseBackupLogin,
  databaseLogin,
  databaseOf,
  filesAccessKeyId,
} from "../../components/services/accounts/accounts.ts";
import { authorityOf, dataCredentials } from "../../components/services/accounts/environment.ts";
import { accountsJobSpec, type DataAction } from "../../components/services/accounts/jobs.ts";
import { maxKeyEpoch } from "../../tenants/schema.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";
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

test("a tenant logs in with credentials of its own root, and with none where it has no data services", () => {
  const root = "r".repeat(rootLength);
  const derived = (purpose: "database" | "cache" | "files") => deriveCredential(root, "acme", purpose);
  expect(dataCredentials(acme, inClusterFacts, root)).toEqual({
    PGPASSWORD: derived("database"),
    REDIS_URL: `rediss://acme_e1:${derived("cache")}@${inClusterFacts.cache.host}:${inClusterFacts.cache.port}`,
    AWS_SECRET_ACCESS_KEY: derived("files"),
  });
  expect(Object.keys(dataCredentials(acme, managedFacts, root))).toEqual(["PGPASSWORD"]);
  expect(dataCredentials(tenant({ dataServices: false }), inClusterFacts, root)).toEqual({});
});

test("servers learn no password, only what they check one with", async () => {
  const [root, backupRoot] = ["r".repeat(rootLength), "b".repeat(rootLength)];
  const data = await accountSecretData(acme, root, backupRoot);
  const text = (key: keyof typeof data) => Buffer.from(data[key] ?? "", "base64").toString();
  const cachePassword = deriveCredential(root, "acme", "cache");
  expect(text("cache-password-sha256")).toBe(createHash("sha256").update(cachePassword).digest("hex"));
  expect(text("database-verifier")).toMatch(/^SCRAM-SHA-256\$/);
  expect(text("database-backup-verifier")).not.toBe(text("database-verifier"));
  expect(text("files-secret-key")).toBe(deriveCredential(root, "acme", "files"));
  expect(text("backup-secret-key")).toBe(deriveCredential(backupRoot, "acme", "backup-files", 1));
  expect(text("backup-password")).toBe(deriveCredential(backupRoot, "acme", "backup"));
  expect(text("backup-access-key")).toBe(backupAccessKeyId(acme));
});

test("one authority signs every service in the cluster, and a cloud's services need none", () => {
  const { database, cache, objectStore } = inClusterFacts;
  const without = <T extends object>({
    caCertificate: _,
    ...rest
  }: T & { caCertificate?: string | undefined }) => rest;
  expect(authorityOf(inClusterFacts)).toBe(objectStore.caCertificate);
  const others = { ...inClusterFacts, objectStore: without(objectStore) } as typeof inClusterFacts;
  expect(authorityOf(others)).toBe(database.caCertificate);
  const last = { ...others, database: without(database) } as typeof inClusterFacts;
  expect(authorityOf(last)).toBe(cache.caCertificate);
  expect(authorityOf(managedFacts)).toBeUndefined();
});
