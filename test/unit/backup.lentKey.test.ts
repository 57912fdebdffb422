import { expect, test } from "vitest";
import { UsageError } from "../../lib/terminal/errors.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { withBackupSecret } from "../../ops/backup/backupSecret.ts";
import type { BackupContext } from "../../ops/backup/context.ts";
import { lentKeyOf } from "../../ops/backup/lendKey.ts";
import { listBackups } from "../../ops/backup/list.ts";
import type { Kubectl } from "../../ops/stack/kubectl.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";

const environment = { AWS_ACCESS_KEY_ID: "LTAI1", AWS_SECRET_ACCESS_KEY: "key", AWS_SESSION_TOKEN: "" };

test("a key is lent from the environment, if it is asked for and all of it is there", () => {
  expect(lentKeyOf({ "lend-key": false }, environment)).toBeUndefined();
  expect(lentKeyOf({ "lend-key": true }, environment)).toEqual({ id: "LTAI1", secret: "key" });
  const session = { ...environment, AWS_SESSION_TOKEN: "token" };
  expect(lentKeyOf({ "lend-key": true }, session)).toEqual({ id: "LTAI1", secret: "key", session: "token" });
  for (const missing of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
    expect(() => lentKeyOf({ "lend-key": true }, { ...environment, [missing]: "" })).toThrow(UsageError);
  }
});

/** A cluster with the tenant's Secret of the services' namespace. Remembers what it was told. */
function cluster() {
  const told: { readonly args: string; readonly input: unknown }[] = [];
  const data = {
    "backup-password": "cA==",
    "backup-access-key": "aQ==",
    "backup-secret-key": "aw==",
    other: "bw==",
  };
  const answer = (args: readonly string[], input?: string) => {
    told.push({ args: args.join(" "), input: input && JSON.parse(input) });
    return args[0] === "get" ? JSON.stringify({ data }) : "";
  };
  const kubectl: Kubectl = {
    succeed: async (args, input) => answer(args, input),
    run: async (args) => ({ code: 0, signal: null, stdout: answer(args), stderr: "" }),
  };
  return { kubectl, told };
}

const place = { name: "restore-1", namespace: "tenant-acme-old" };
const metadata = place;
const ofTenant = { "backup-password": "cA==", "backup-access-key": "aQ==", "backup-secret-key": "aw==" };
const removal = "delete secret restore-1 --namespace tenant-acme-old --ignore-not-found";

test("what opens a tenant's backups is in another namespace for as long as it is needed, and not longer", async () => {
  const { kubectl, told } = cluster();
  const failing = withBackupSecret({ kubectl, services: inClusterFacts }, "acme", place, async () => {
    expect(told.at(-1)?.input).toEqual({ apiVersion: "v1", kind: "Secret", metadata, data: ofTenant });
    throw new Error("the restore failed");
  });
  await expect(failing).rejects.toThrow("the restore failed");
  expect(told.map(({ args }) => args)).toEqual([
    "get secret tenant-acme -n openclaw-services --output json",
    removal,
    "create --filename -",
    removal,
  ]);
});

test("a key that is lent takes the place of the tenant's, and no command line has it", async () => {
  const { kubectl, told } = cluster();
  const lentKey = { id: "LTAI1", secret: "lent-secret", session: "lent-session" };
  await withBackupSecret({ kubectl, services: inClusterFacts, lentKey }, "acme", place, async () => {
    expect(told.at(-1)?.input).toMatchObject({
      data: ofTenant,
      stringData: {
        "backup-access-key": "LTAI1",
        "backup-secret-key": "lent-secret",
        "session-token": "lent-session",
      },
    });
  });
  expect(told.map(({ args }) => args).join()).not.toMatch(/lent-/);
});

const listing = (found: string, changes: Partial<BackupContext> = {}) => {
  const refuse = (args: readonly string[]) => Promise.reject(new Error(`not to be run: ${args.join(" ")}`));
  const kubectl: Kubectl = {
    run: refuse,
    succeed: (args) => (args[0] === "get" ? Promise.resolve(found) : refuse(args)),
  };
  const context = { progress: silentProgress, services: inClusterFacts, tenants: {}, kubectl, ...changes };
  return listBackups(context as BackupContext, "acme");
};

test("whoever has no backups is said to have none before a Job waits for what opens them", async () => {
  await expect(listing("")).rejects.toThrow(/no backups of acme/);
});

test("where only the tenant's role reads its backups, one that has gone needs a key that is lent", async () => {
  const gone = listing("secret/tenant-acme\n", { services: managedFacts });
  await expect(gone).rejects.toThrow(/no role any more that reads acme's backups[\s\S]*--lend-key/);
});
