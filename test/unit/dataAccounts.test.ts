import { expect, test } from "vitest";
import {
  backupAccessKeyId,
  cacheUser,
  databaseBackupLogin,
  databaseLogin,
  databaseOf,
  filesAccessKeyId,
} from "../../components/tenant/data/accounts.ts";
import { maxKeyEpoch } from "../../tenants/schema.ts";

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
