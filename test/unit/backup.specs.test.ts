import { expect, test } from "vitest";
import { backupCronJobSpec, finalBackupJob, finalBackupJobSpec } from "../../components/backup/backup.ts";
import { listingJobSpec } from "../../components/backup/listing.ts";
import { ownRekeyJobSpec, rekeyJobSpec } from "../../components/backup/rekey.ts";
import { lentCredentials, lentPassword } from "../../components/backup/repository.ts";
import {
  databaseJobSpec,
  filesJobSpec,
  ownListingJobSpec,
  restoreJobSpec,
} from "../../components/backup/restore.ts";
import { backupScheduleSchema } from "../../components/backup/schedule.ts";
import { backupAttempts, backupWorkGiB } from "../../components/instance/allowances.ts";
import type { Container, Job, PodTemplate } from "../../components/job.ts";
import { namespaceName } from "../../components/names.ts";
import { manualJob } from "../../ops/backup/manualJob.ts";
import { plans } from "../../tenants/plans.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";
import { some } from "../fixtures/some.ts";
import { tenant } from "../fixtures/tenant.ts";

const instance = {
  image: "ghcr.io/openclaw/openclaw:2026.9.6",
  storageClass: "fast",
  runtimeClass: "gvisor",
};
const schedule = backupScheduleSchema.parse({});
const args = { tenant: tenant({ dataServices: true }), instance, services: inClusterFacts };
const restoreArgs = {
  ...args,
  sourceId: "acme",
  snapshot: { id: "0123abcd", tags: ["database"] },
  restoreId: "2611212047",
  discardCurrent: false,
  repository: lentCredentials("restore-2611212047"),
};

const stepsOf = (template: PodTemplate | undefined): Container[] => [
  ...(template?.spec?.initContainers ?? []),
  ...(template?.spec?.containers ?? []),
];
const names = (job: Job) => stepsOf(job.spec?.template).map(({ name }) => name);
const envOf = (step: Container | undefined) =>
  Object.fromEntries(
    (step?.env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.secretKeyRef]),
  );
const cronJob = (changes: Partial<typeof args> = {}) => backupCronJobSpec({ ...args, ...changes }, schedule);
const finalBackup: Job = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: finalBackupJob(args.tenant).metadata,
  spec: finalBackupJobSpec(args),
};
const nightly = (changes: Partial<typeof args> = {}) => stepsOf(cronJob(changes).jobTemplate.spec?.template);

test("a night's backup: one at a time, in the tenant's minute, gone once it succeeded, kept with its words if not", () => {
  expect(cronJob()).toMatchObject({
    schedule: expect.stringMatching(/^\d{1,2} [1-5] \* \* \*$/),
    timeZone: "Asia/Shanghai",
    suspend: false,
    concurrencyPolicy: "Forbid",
    successfulJobsHistoryLimit: 0,
    failedJobsHistoryLimit: 1,
    jobTemplate: { spec: { backoffLimit: backupAttempts - 1 } },
  });
  expect(cronJob({ tenant: tenant({ state: "suspended" }) }).suspend).toBe(true);
});

test("state, database and upload follow each other, and the database is left out where there is none", () => {
  expect(nightly().map(({ name }) => name)).toEqual(["state", "database", "store"]);
  expect(nightly({ tenant: tenant({ dataServices: false }) }).map(({ name }) => name)).toEqual([
    "state",
    "store",
  ]);
  expect(envOf(nightly().at(-1))).toMatchObject({ BACKUP_TAGS: "scheduled,database", KEEP_DAYS: "30" });
  expect(names(finalBackup)).toEqual(["state", "database", "store"]);
  expect(envOf(stepsOf(finalBackup.spec?.template).at(-1))).toMatchObject({
    BACKUP_TAGS: "final,database",
  });
});

test("a backup made by hand is the night's, and says that somebody made it", () => {
  const metadata = { name: "openclaw-backup-now-1", ownerReferences: [{ name: "openclaw-backup" }] };
  const nightlyJob = { apiVersion: "batch/v1", kind: "Job", metadata, spec: cronJob().jobTemplate.spec };
  const made: Job = JSON.parse(manualJob(JSON.stringify(nightlyJob)));
  expect(made.metadata).toEqual(metadata);
  const [store, ...others] = stepsOf(made.spec?.template).reverse();
  expect(envOf(store)).toEqual({ ...envOf(nightly().at(-1)), BACKUP_TAGS: "manual,database" });
  expect(others.reverse()).toEqual(nightly().slice(0, -1));
  expect(() => manualJob("{}")).toThrow(/kubectl did not make a Job/);
});

test("the step that runs OpenClaw, and so perhaps code of the tenant's, is told no secret", () => {
  const [state] = nightly();
  expect(state?.image).toBe(instance.image);
  expect(state?.env?.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
  expect(state?.volumeMounts?.map(({ name }) => name)).toEqual(["tmp", "work", "data", "config"]);
});

test("the repository is the tenant's own, by keys of its own, over the services' own authority", () => {
  expect(envOf(nightly().at(-1))).toMatchObject({
    RESTIC_REPOSITORY:
      "s3:https://object-store.openclaw-services.svc:7070/backup-acme/tenants/acme/backups/restic",
    RESTIC_PASSWORD: { name: "openclaw-credentials", key: "BACKUP_PASSWORD" },
    AWS_ACCESS_KEY_ID: "acme_backup_e1",
    AWS_SECRET_ACCESS_KEY: { name: "openclaw-credentials", key: "BACKUP_SECRET_ACCESS_KEY" },
    RESTIC_CACERT: "/etc/openclaw/services-ca.crt",
    BUCKET_LOOKUP: "path",
  });
  expect(envOf(nightly()[1])).toMatchObject({ PGUSER: "tenant_acme_backup_e1", PGDATABASE: "tenant_acme" });
});

test("on a cloud the pod's identity opens the bucket, and no key is there", () => {
  const steps = nightly({ services: managedFacts });
  expect(steps.map(({ name }) => name)).toEqual(["state", "database", "identity", "store"]);
  const environment = envOf(steps.at(-1));
  expect(environment).toMatchObject({
    AWS_SHARED_CREDENTIALS_FILE: "/credentials/aws",
    BUCKET_LOOKUP: "dns",
  });
  for (const absent of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "RESTIC_CACERT"]) {
    expect(environment).not.toHaveProperty(absent);
  }
  const restored = { ...restoreArgs, services: managedFacts, repository: lentPassword("restore-1") };
  expect(names(restoreJobSpec(restored))).toEqual(["identity", "fetch", "database", "files"]);
  expect(names(ownListingJobSpec(restored))).toEqual(["identity", "list"]);
});

test("on a cloud a key that was lent opens the bucket, with its session if it has one, and no identity is asked for", () => {
  const lent = { ...restoreArgs, services: managedFacts, repository: lentCredentials("restore-1") };
  expect(names(restoreJobSpec(lent))).toEqual(["fetch", "database", "files"]);
  const [fetch] = stepsOf(restoreJobSpec(lent).spec?.template);
  const [list] = stepsOf(listingJobSpec("acme", managedFacts, "backups-acme").spec?.template);
  for (const [step, name] of [[fetch, "restore-1"] as const, [list, "backups-acme"] as const]) {
    expect(envOf(step)).toMatchObject({
      RESTIC_REPOSITORY:
        "s3:https://s3.oss-cn-hangzhou-internal.aliyuncs.com/company-openclaw/tenants/acme/backups/restic",
      RESTIC_PASSWORD: { name, key: "backup-password" },
      AWS_ACCESS_KEY_ID: { name, key: "backup-access-key" },
      AWS_SECRET_ACCESS_KEY: { name, key: "backup-secret-key" },
      AWS_SESSION_TOKEN: { name, key: "session-token", optional: true },
    });
    expect(envOf(step)).not.toHaveProperty("AWS_SHARED_CREDENTIALS_FILE");
  }
});

test("a repository is given another password by what is to open it, and by the old one from a Secret of its own", () => {
  const old = { name: "rekey-acme", key: "old-backup-password" };
  const job = rekeyJobSpec("acme", inClusterFacts, "tenant-acme");
  expect(job.metadata).toEqual({ name: "rekey-acme", namespace: "openclaw-services" });
  expect(names(job)).toEqual(["rekey"]);
  const [step] = stepsOf(job.spec?.template);
  expect(envOf(step)).toMatchObject({
    RESTIC_PASSWORD: { name: "tenant-acme", key: "backup-password" },
    OLD_PASSWORD: old,
  });
  expect(step?.command).toContainEqual(expect.stringContaining("key add"));

  const own = ownRekeyJobSpec({ ...args, services: managedFacts });
  expect(own.metadata).toMatchObject({ name: "rekey-acme", namespace: "tenant-acme" });
  expect(names(own)).toEqual(["identity", "rekey"]);
  expect(envOf(stepsOf(own.spec?.template).at(-1))).toMatchObject({
    RESTIC_PASSWORD: { name: "openclaw-credentials", key: "BACKUP_PASSWORD" },
    OLD_PASSWORD: old,
    AWS_SHARED_CREDENTIALS_FILE: "/credentials/aws",
  });
});

test("every step of every pod keeps to the restricted standard, within a Job's share", () => {
  const jobs = [
    finalBackup,
    restoreJobSpec(restoreArgs),
    filesJobSpec(restoreArgs, "put-back"),
    ownRekeyJobSpec(args),
  ];
  for (const { spec, metadata } of jobs) {
    expect(metadata.namespace).toBe(namespaceName("acme"));
    expect(spec?.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      runtimeClassName: "gvisor",
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    for (const step of some(stepsOf(spec?.template))) {
      expect(step).toMatchObject({
        resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
        terminationMessagePolicy: "FallbackToLogsOnError",
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      });
    }
  }
});

test("the pod goes where the tenant's volume is, has room for the worst case, and gets no request of the tenant's", () => {
  const template = finalBackup.spec?.template;
  expect(template?.metadata?.labels).toEqual({
    "openclaw.ai/tenant": "acme",
    "app.kubernetes.io/name": "openclaw-backup",
  });
  expect(template?.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
    {
      labelSelector: { matchLabels: { "openclaw.ai/tenant": "acme" } },
      topologyKey: "kubernetes.io/hostname",
    },
  ]);
  const work = template?.spec?.volumes?.find(({ name }) => name === "work");
  expect(work?.ephemeral?.volumeClaimTemplate?.spec).toMatchObject({
    storageClassName: "fast",
    resources: { requests: { storage: `${backupWorkGiB(plans.pro)}Gi` } },
  });
});

test("only what works on a copy takes a volume, and so of the quota", () => {
  const hasVolume = ({ spec }: Job) =>
    (spec?.template.spec?.volumes ?? []).some(({ name }) => name === "work");
  const moving = (["put-back", "clean"] as const).map((action) => filesJobSpec(restoreArgs, action));
  expect([finalBackup, restoreJobSpec(restoreArgs)].map(hasVolume)).toEqual([true, true]);
  expect([...moving, ownListingJobSpec(restoreArgs)].map(hasVolume)).toEqual([false, false, false]);
  for (const { spec } of [finalBackup, restoreJobSpec(restoreArgs), ...moving]) {
    const volumes = (spec?.template.spec?.volumes ?? []).map(({ name }) => name);
    const mounted = stepsOf(spec?.template).flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name),
    );
    expect(mounted.filter((name) => !volumes.includes(name))).toEqual([]);
  }
});

test("a restore fetches, loads by the tenant's own login, and replaces the files last", () => {
  expect(names(restoreJobSpec(restoreArgs))).toEqual(["fetch", "database", "files"]);
  const [fetch, database] = stepsOf(restoreJobSpec(restoreArgs).spec?.template);
  expect(envOf(fetch)).toMatchObject({
    RESTIC_PASSWORD: { name: "restore-2611212047", key: "backup-password" },
    SNAPSHOT: "0123abcd",
    DISCARD: "no",
  });
  expect(envOf(database)).toMatchObject({
    PGUSER: "tenant_acme_e1",
    PGPASSWORD: { name: "openclaw-credentials", key: "PGPASSWORD" },
  });
  const withoutDump = restoreJobSpec({ ...restoreArgs, snapshot: { id: "0123abcd", tags: [] } });
  expect(names(withoutDump)).toEqual(["fetch", "files"]);
  const withoutDatabase = restoreJobSpec({ ...restoreArgs, tenant: tenant({ dataServices: false }) });
  expect(names(withoutDatabase)).toEqual(["fetch", "files"]);
});

test("the administrator prepares a database as for a new tenant, and is given no way to the backups", () => {
  expect(names(databaseJobSpec("prepare", restoreArgs))).toEqual(["set-aside", "database", "open"]);
  expect(names(databaseJobSpec("put-back", restoreArgs))).toEqual(["put-back", "database"]);
  for (const phase of ["prepare", "finish", "put-back", "clean"] as const) {
    const job = databaseJobSpec(phase, restoreArgs);
    expect(job.metadata).toMatchObject({
      name: `${phase}-acme-2611212047`,
      namespace: inClusterFacts.namespace,
    });
    expect(JSON.stringify(job)).not.toMatch(/RESTIC|backup-password/);
  }
});

test("names of Jobs stay within 63 characters for the longest id", () => {
  const longest = { ...restoreArgs, tenant: tenant({ id: `a${"b".repeat(39)}`, dataServices: true }) };
  const jobs = [
    restoreJobSpec(longest),
    listingJobSpec(longest.tenant.id, inClusterFacts, "tenant-acme"),
    ...(["prepare", "put-back"] as const).map((phase) => databaseJobSpec(phase, longest)),
  ];
  for (const { metadata } of jobs) {
    expect(metadata.name.length).toBeLessThanOrEqual(63);
  }
});
