import { hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { silentProgress } from "../../lib/terminal/progress.ts";
import type { BackupContext } from "../../ops/backup/context.ts";
import { keepOldPassword, keptPasswords, oldBackupPassword } from "../../ops/roots/oldPasswords.ts";
import { rekey } from "../../ops/roots/rekey.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";

const encoded = (text: string) => Buffer.from(text).toString("base64");

/** Metadata of a Secret that the stack dev has kept, unless its name says another. */
const metadataOf = (name: string) => ({
  name,
  annotations: { "openclaw.ai/stack": name.startsWith("rekey-other") ? "other" : "dev" },
});

/** A cluster that has Secrets by name, and completes every Job. Remembers what it was told to change. */
function cluster(secrets: Readonly<Record<string, Record<string, string>>>, services = inClusterFacts) {
  const told: string[] = [];
  const made: string[] = [];
  const answer = (args: readonly string[], input?: string): string => {
    const [verb, kind, name = ""] = args;
    if (verb !== "get") {
      told.push(args.slice(0, 3).join(" "));
      if (input !== undefined) {
        made.push(input);
      }
      return "";
    }
    if (kind === "job") {
      const conditions = [{ type: "Complete", status: "True" }];
      return JSON.stringify({ metadata: { creationTimestamp: "" }, status: { conditions } });
    }
    if (kind === "secrets") {
      const items = Object.entries(secrets).map(([each, data]) => ({ metadata: metadataOf(each), data }));
      return JSON.stringify({ items });
    }
    const data = secrets[name];
    return data === undefined ? "" : JSON.stringify({ metadata: metadataOf(name), data });
  };
  const kubectl: BackupContext["kubectl"] = {
    succeed: async (args, input) => answer(args, input),
    run: async (args) => ({ code: 0, signal: null, stdout: answer(args), stderr: "" }),
  };
  const target = { kind: "embedded", stack: "dev", home: "/x", folder: "/x" } as const;
  const context: BackupContext = { kubectl, services, progress: silentProgress, tenants: {}, target };
  return { context, told, made };
}

test("an old password is the one that programs before 0.2 derived", () => {
  const root = Buffer.alloc(32, 7);
  const derived = hkdfSync("sha256", root, "", "openclaw/acme/backup", 32);
  expect(oldBackupPassword(root, "acme")).toBe(Buffer.from(derived).toString("base64url"));
});

test("an old password is kept once: what a run that was killed has kept stays", async () => {
  const fresh = cluster({});
  await keepOldPassword(fresh.context, "acme", "old");
  expect(fresh.told).toEqual(["create --filename -"]);
  expect(JSON.parse(fresh.made[0] ?? "")).toMatchObject({
    metadata: {
      name: "rekey-acme",
      namespace: "openclaw-services",
      annotations: { "openclaw.ai/stack": "dev" },
    },
    data: { "old-backup-password": encoded("old") },
  });
  const again = cluster({ "rekey-acme": { "old-backup-password": encoded("old") } });
  await keepOldPassword(again.context, "acme", "old");
  expect(again.told).toEqual([]);
  expect(await keptPasswords(again.context)).toEqual(new Map([["acme", "old"]]));
});

test("a kept password that is not the root's stops everything: either may be what opens the backups", async () => {
  const { context, told } = cluster({
    "rekey-acme": { "old-backup-password": encoded("earlier") },
    "rekey-other-one": { "old-backup-password": encoded("old") },
  });
  await expect(keepOldPassword(context, "acme", "old")).rejects.toThrow(/rekey-acme.*not changed/);
  await expect(keepOldPassword(context, "other-one", "old")).rejects.toThrow(/root in the state of dev/);
  expect(told).toEqual([]);
});

test("what another stack of the same cluster has kept is not this one's to use up", async () => {
  const { context } = cluster({
    "rekey-acme": { "old-backup-password": encoded("old") },
    "rekey-other-one": { "old-backup-password": encoded("theirs") },
  });
  expect([...(await keptPasswords(context)).keys()]).toEqual(["acme"]);
});

test("a repository is re-keyed by a Job in whose text no password stands", async () => {
  const { context, told, made } = cluster({ "tenant-acme": { "backup-password": encoded("new") } });
  expect(await rekey(context, "acme", "old-password")).toBe("re-keyed");
  expect(told).toEqual(["delete job rekey-acme", "create --filename -", "delete job rekey-acme"]);
  expect(JSON.parse(made[0] ?? "")).toMatchObject({ kind: "Job", metadata: { name: "rekey-acme" } });
  expect(made[0]).not.toContain("old-password");
});

test("of a tenant that has left the stack, or was purged, there is no new password", async () => {
  const left = cluster({ "tenant-acme": { "backup-password": encoded("old") } });
  expect(await rekey(left.context, "acme", "old")).toBe("left");
  const purged = cluster({});
  expect(await rekey(purged.context, "acme", "old")).toBe("left");
  expect([...left.told, ...purged.told]).toEqual([]);
});

test("an update that has left a tenant out does not cost its old password", async () => {
  const tenant = { namespace: "tenant-acme", plan: "pro", state: "active", monthlyCny: 1 };
  for (const secrets of [{ "tenant-acme": { "backup-password": encoded("old") } }, {}]) {
    const { context, told } = cluster(secrets);
    const present = { ...context, tenants: { acme: tenant } };
    await expect(rekey(present, "acme", "old")).rejects.toThrow(/must not leave acme out/);
    expect(told).toEqual([]);
  }
});

test("an account without a password is an error: the old one is not forgotten for it", async () => {
  const { context } = cluster({ "tenant-acme": {} });
  await expect(rekey(context, "acme", "old")).rejects.toThrow(/tenant-acme has no backup-password/);
});

test("on a cloud an offboarded tenant wants a key that is lent", async () => {
  const secrets = { "tenant-acme": { "backup-password": encoded("new") } };
  const { context, told } = cluster(secrets, managedFacts);
  await expect(rekey(context, "acme", "old")).rejects.toThrow(/--lend-key/);
  expect(told).toEqual([]);
  const lent = { ...context, lentKey: { id: "LTAI1", secret: "key" } };
  expect(await rekey(lent, "acme", "old")).toBe("re-keyed");
  expect(told).toContain("delete secret lent-rekey-acme");
  expect(told).not.toContain("delete secret rekey-acme-key");
});

test("on a cloud so does one that the stack still has, once it is offboarded: its role is gone", async () => {
  const { context, told } = cluster({ "tenant-acme": { "backup-password": encoded("new") } }, managedFacts);
  const tenant = { namespace: "tenant-acme", plan: "pro", state: "offboarded", monthlyCny: 1 };
  const present = { ...context, tenants: { acme: tenant } };
  await expect(rekey(present, "acme", "old")).rejects.toThrow(/tenant-acme has no role any more.*--lend-key/);
  expect(told).toEqual([]);
});
