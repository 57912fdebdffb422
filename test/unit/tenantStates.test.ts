import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { backupScheduleSchema } from "../../components/backup/schedule.ts";
import {
  deriveCredential,
  rootFingerprint,
  tenantIncarnation,
} from "../../components/instance/derivation.ts";
import { refuseAnotherKey } from "../../components/tenant/formerKey.ts";
import { TenantComponent } from "../../components/tenant/index.ts";
import { plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { fixedRoot } from "../fixtures/mockedOutputs.ts";
import { newTenant } from "../fixtures/owner.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { plain, type Registration, recordRegistrations } from "../fixtures/program.ts";
import { inClusterFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";

/** One tenant as the engine would see it. */
async function registered(
  overrides: Partial<Tenant>,
  finalBackup = false,
  platform = platformFacts,
  found: { readonly adopted?: boolean; readonly formerIncarnation?: string } = {},
) {
  const { registrations, result } = await recordRegistrations("dev", {}, async () => {
    const args = {
      tenant: tenant({ id: "acme", ...overrides }),
      platform,
      services: inClusterFacts,
      serviceFacts: pulumi.output(inClusterFacts),
      instance: { image: "x:1", timeZone: "Asia/Shanghai" },
      backup: backupScheduleSchema.parse(undefined),
      finalBackup,
      today: "2026-01-01",
      ...newTenant,
      ...found,
    };
    const component = new TenantComponent("acme", args, {});
    await component.settled;
    return component;
  });
  const kinds = registrations.map(({ type }) => type.split(":").at(-1)).toSorted();
  const find = (kind: string) => byKind(registrations, kind);
  const named = (name: string) =>
    registrations.find((each) => each.name === name) ?? expect.unreachable(name);
  return { component: result, kinds, find, named };
}

interface PodInputs {
  readonly spec: {
    readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
  };
}

function byKind(registrations: readonly Registration[], kind: string): Registration {
  return registrations.find(({ type }) => type.endsWith(`:${kind}`)) ?? expect.unreachable(`no ${kind}`);
}

const wallAndData = [
  "LimitRange",
  "Namespace",
  "NetworkPolicy",
  "PersistentVolumeClaim",
  "ResourceQuota",
  "Tenant",
  // Its accounts at the shared services, and what reads its backups.
  ...["Job", "RandomPassword", "Secret"],
];
const instance = [
  "ConfigMap",
  "CronJob",
  "Deployment",
  "RandomPassword",
  "Secret",
  "Service",
  "ServiceAccount",
];

test("an active tenant has everything", async () => {
  const { kinds } = await registered({ state: "active" });
  expect(kinds).toEqual([...wallAndData, ...instance, "Ingress"].toSorted());
});

test("a suspended tenant has no route and no replica, and keeps the rest", async () => {
  const { kinds, find } = await registered({ state: "suspended" });
  expect(kinds).toEqual([...wallAndData, ...instance].toSorted());
  expect(find("Deployment").inputs.spec).toMatchObject({ replicas: 0 });
});

test("an offboarded tenant has its wall and its data only: no workload, no route, no credentials of its own", async () => {
  const { kinds, component } = await registered({ state: "offboarded", retainUntil: "2026-06-01" });
  expect(kinds).toEqual(wallAndData.toSorted());
  expect(component.gatewayToken).toBeUndefined();
});

test("a tenant that is being offboarded is backed up a last time, once", async () => {
  const { kinds, named } = await registered({ state: "offboarded", retainUntil: "2026-06-01" }, true);
  expect(kinds).toEqual([...wallAndData, "Job"].toSorted());
  expect(named("acme-final-backup").inputs).toMatchObject({
    metadata: { namespace: "tenant-acme" },
    spec: { template: { spec: { containers: [{}] } } },
  });
  expect(named("acme-provision").dependsOn).not.toContain("acme-final-backup");
});

test("credentials of before a rotation end once the workload has the new ones", async () => {
  expect((await registered({ keyEpoch: 1 })).kinds.filter((kind) => kind === "Job")).toHaveLength(1);
  const { named } = await registered({ keyEpoch: 2 });
  expect(named("acme-deployment").dependsOn).toContain("acme-provision");
  expect(named("acme-retire").dependsOn).toContain("acme-deployment");
  expect(named("acme-retire").dependsOn).toContain("acme-retire-rights");
  expect(named("acme-retire-rights").deletedWith).toBe("acme-namespace");
  expect(JSON.stringify(named("acme-retire").inputs)).toContain('"name":"KEY_EPOCH","value":"2"');
});

test("a tenant without data services waits for no accounts, and has no credential of them", async () => {
  const { named } = await registered({ dataServices: false });
  expect(named("acme-deployment").dependsOn).not.toContain("acme-provision");
  expect(JSON.stringify(named("acme-deployment").inputs)).not.toContain("PGHOST");
  expect(JSON.stringify(named("acme-provision").inputs)).toContain('"name":"ACCESS","value":"locked"');
});

test("suspension locks the accounts and stops the backups", async () => {
  const { named } = await registered({ state: "suspended" });
  expect(JSON.stringify(named("acme-provision").inputs)).toContain('"name":"ACCESS","value":"locked"');
  expect(named("acme-backup").inputs.spec).toMatchObject({ suspend: true });
});

test.each([
  ["active", undefined, true],
  ["suspended", undefined, true],
  ["offboarded", "2026-06-01", true],
  ["offboarded", "2026-01-01", undefined],
] as const)(
  "namespace and claim of a tenant that is %s, kept until %s, are protected: %s",
  async (state, until, isProtected) => {
    const { find } = await registered(until === undefined ? { state } : { state, retainUntil: until });
    for (const kind of ["Namespace", "PersistentVolumeClaim"]) {
      expect(find(kind).protect).toBe(isProtected);
      expect(find(kind).retainOnDelete).toBe(true);
    }
  },
);

test("what is in the namespace goes with it, in one step", async () => {
  const { find } = await registered({});
  for (const kind of ["ResourceQuota", "LimitRange", "NetworkPolicy", "ConfigMap", "Deployment", "Ingress"]) {
    expect(find(kind).deletedWith).toBe("acme-namespace");
  }
});

test("no pod starts before its wall stands", async () => {
  const { find } = await registered({});
  expect(find("Deployment").dependsOn).toEqual(
    expect.arrayContaining(["acme-network-policy", "acme-data", "acme-credentials", "acme-config"]),
  );
  expect(find("PersistentVolumeClaim").dependsOn).toEqual(
    expect.arrayContaining(["acme-quota", "acme-limits"]),
  );
});

test("the gateway's token is a secret, and the one in the Secret", async () => {
  const { component, named } = await registered({});
  const token = component.gatewayToken ?? expect.unreachable();
  expect(await pulumi.isSecret(token)).toBe(true);
  const value = await new Promise<string>((resolve) => token.apply(resolve));
  expect(value).toBe(deriveCredential(fixedRoot, "acme", "gateway"));
  expect(JSON.stringify(named("acme-credentials").inputs)).toContain(Buffer.from(value).toString("base64"));
});

test("what outlives a tenant has the marks of its owner, of the tenant, and of whom it was taken over from", async () => {
  const incarnation = tenantIncarnation(fixedRoot, "acme");
  const marks = { "openclaw.ai/owned-by": "dev/0123456789ab", "openclaw.ai/incarnation": incarnation };
  const from = "other/abcdefghijkl";
  const taken = await registered({ adopt: { from, to: "dev" } });
  const made = await registered({});
  for (const name of ["acme-namespace", "acme-data", "acme-accounts"]) {
    const { annotations } = made.named(name).inputs.metadata as { annotations: object };
    expect(annotations).toMatchObject(marks);
    expect(annotations).not.toHaveProperty("openclaw.ai/adopted-from");
    expect(taken.named(name).inputs.metadata).toMatchObject({
      annotations: { ...marks, "openclaw.ai/adopted-from": from },
    });
  }
});

test("what is taken over keeps the key of its backups, or is not taken over", async () => {
  const own = tenantIncarnation(fixedRoot, "acme");
  expect(() => refuseAnotherKey("acme", "zzzzzzzzzzzzzzzz", own)).toThrow(
    /acme: the Secret openclaw-services\/tenant-acme opens the backups of the tenant that is taken over/,
  );
  expect(() => refuseAnotherKey("acme", own, own)).not.toThrow();
  expect(() => refuseAnotherKey("acme", undefined, own)).not.toThrow();
  const { named } = await registered({}, false, platformFacts, { formerIncarnation: own });
  expect(named("acme-accounts")).toBeDefined();
});

test("the record for the next update says what that one compares with", async () => {
  const { component } = await registered({ plan: "pro", keyEpoch: 3 }, false, platformFacts, {
    adopted: true,
  });
  expect(await plain(component.record)).toEqual({
    dataProtected: true,
    keyEpoch: 3,
    diskGiB: plans.pro.diskGiB,
    storageClass: "",
    encryptedRoots: true,
    incarnation: tenantIncarnation(fixedRoot, "acme"),
    adopted: true,
  });
});

test("raising keyEpoch replaces the root of all credentials", async () => {
  const keepers = async (keyEpoch: number) =>
    (await registered({ keyEpoch })).named("acme-credential-root").inputs.keepers;
  expect(await keepers(1)).toEqual({ keyEpoch: "1" });
  expect(await keepers(2)).toEqual({ keyEpoch: "2" });
});

test("other roots make another pod, and tell the shared services, whatever the epoch", async () => {
  const fingerprint = rootFingerprint(fixedRoot, "acme");
  const rootsOf = ({ inputs }: Registration) =>
    (inputs as unknown as PodInputs).spec.template.metadata.annotations?.["openclaw.ai/roots"];
  const active = await registered({});
  expect(rootsOf(active.find("Deployment"))).toBe(fingerprint);
  expect(rootsOf(active.named("acme-provision"))).toBe(`${fingerprint}.${fingerprint}`);
  const offboarded = await registered({ state: "offboarded", retainUntil: "2027-03-01" });
  expect(rootsOf(offboarded.named("acme-provision"))).toBe(`${fingerprint}.${fingerprint}`);
});

test("the namespace, which is protected, depends on the roots: a refused destroy keeps that", async () => {
  const { find } = await registered({});
  expect(find("Namespace")).toMatchObject({
    protect: true,
    dependsOn: ["acme-backup-root", "acme-credential-root"],
  });
});

test("the Secrets' data reaches the engine marked as secret", async () => {
  const { named } = await registered({});
  const dataOf = (secret: string) => named(secret).inputs.data as { value?: Record<string, string> };
  for (const secret of ["acme-credentials", "acme-accounts"]) {
    expect(dataOf(secret)).toHaveProperty("4dabf18193072939515e22adb298388d");
  }
  expect(Object.keys(dataOf("acme-credentials").value ?? {})).toEqual(
    expect.arrayContaining(["BACKUP_PASSWORD", "BACKUP_SECRET_ACCESS_KEY", "PGPASSWORD"]),
  );
  expect(Object.keys(dataOf("acme-accounts").value ?? {})).toEqual(
    expect.arrayContaining(["database-verifier", "cache-password-sha256", "backup-secret-key"]),
  );
});

test.each([
  [{}, 443, "https://acme.openclaw.example", "acme.openclaw.example"],
  [{}, 8443, "https://acme.openclaw.example:8443", "acme.openclaw.example"],
  [{ host: "assistant.acme.example" }, 8443, "https://assistant.acme.example:8443", "assistant.acme.example"],
] as const)(
  "with %j and the edge at port %i a tenant is %s, and its route knows the host alone",
  async (overrides, publicPort, url, host) => {
    const { component, find } = await registered(overrides, false, { ...platformFacts, publicPort });
    expect(component.url).toBe(url);
    expect(find("Ingress").inputs).toMatchObject({ spec: { tls: [{ hosts: [host] }], rules: [{ host }] } });
    const { data } = find("ConfigMap").inputs as { data: Record<string, string> };
    expect(JSON.parse(data["openclaw.json"] ?? "")).toMatchObject({ gateway: { publicOrigin: url } });
  },
);

test.each([
  [{}, "Asia/Shanghai"],
  [{ timeZone: "Europe/Kyiv" }, "Europe/Kyiv"],
])("with %j the assistant and its cron jobs live in %s", async (overrides, timeZone) => {
  const { find } = await registered(overrides);
  const { data } = find("ConfigMap").inputs as { data: Record<string, string> };
  expect(JSON.parse(data["openclaw.json"] ?? "").agents.defaults.userTimezone).toBe(timeZone);
  expect(JSON.stringify(find("Deployment").inputs)).toContain(
    JSON.stringify({ name: "TZ", value: timeZone }),
  );
});
