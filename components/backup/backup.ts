import type * as k8s from "@pulumi/kubernetes";
import { plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { backupAttempts, backupWorkGiB } from "../instance/allowances.ts";
import { paths } from "../instance/paths.ts";
import type { InstanceSettings } from "../instance/settings.ts";
import { type Container, type Job, type PodTemplate, variable } from "../job.ts";
import { type Manifest, type ManifestOf, replaceUnready } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import { databaseBackupLogin, databaseOf } from "../services/accounts/accounts.ts";
import { postgresTls } from "../services/accounts/jobs.ts";
import type { DatabaseFacts } from "../services/database.ts";
import type { ObjectStoreFacts } from "../services/objectStore.ts";
import { backupName, backupPodTemplate, credentials, step, work } from "./pod.ts";
import {
  backupSecretKeys,
  ownCredentials,
  type RepositoryCredentials,
  repositoryEnvironment,
} from "./repository.ts";
import { type BackupSchedule, backupCron, checkDay } from "./schedule.ts";
import { backupModule, backupScript } from "./scripts.ts";

type CronJobSpec = NonNullable<ManifestOf<k8s.types.input.batch.v1.CronJob>["spec"]>;
type JobSpec = NonNullable<Job["spec"]>;

/** The part of the shared services that a backup or a restore needs. */
export interface BackupServices {
  readonly database: DatabaseFacts;
  readonly objectStore: ObjectStoreFacts;
  readonly provisioning: { readonly images: { readonly database: string; readonly backup: string } };
}

export interface BackupArgs {
  readonly tenant: Tenant;
  readonly instance: InstanceSettings;
  readonly services: BackupServices;
}

/** The occasions of backups, each restic's tag of its own. */
export const backupReasons = ["scheduled", "manual", "final"] as const;
export type BackupReason = (typeof backupReasons)[number];

/** Variable of the step that stores a backup: its tags, with commas. */
export const backupTagsVariable = "BACKUP_TAGS";

/** Tag of a backup that holds a dump of the database as well. */
export const databaseTag = "database";

/** Seconds. Nobody has waited for one that takes longer; it would keep the tenant's quota from the next. */
const deadline = 4 * 3600;

/** The CronJob that makes the tenant's backup, without its spec, which is {@link backupCronJobSpec}. */
export const backupCronJob = (tenant: Tenant): Manifest => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: backupName, namespace: namespaceName(tenant.id), labels: tenantLabels(tenant) },
});

/**
 * Every night. A Job that succeeded goes at once, because its volume would stay as long as its pod; one that failed stays
 * until the next evening, with what it said.
 */
export function backupCronJobSpec(args: BackupArgs, schedule: BackupSchedule): CronJobSpec {
  const { tenant } = args;
  return {
    schedule: backupCron(tenant.id, schedule),
    timeZone: schedule.timeZone,
    // What does not run does not change.
    suspend: tenant.state !== "active",
    concurrencyPolicy: "Forbid",
    // Later than that and the day has begun.
    startingDeadlineSeconds: 4 * 3600,
    successfulJobsHistoryLimit: 0,
    failedJobsHistoryLimit: 1,
    jobTemplate: {
      metadata: { labels: tenantLabels(tenant) },
      spec: { ...jobSpec(args, "scheduled"), ttlSecondsAfterFinished: 18 * 3600 },
    },
  };
}

/**
 * The last backup of a tenant that is being offboarded, without its spec: an update waits for it, and stops before anything
 * is removed if it fails.
 */
export const finalBackupJob = (tenant: Tenant): Manifest => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    name: "final-backup",
    namespace: namespaceName(tenant.id),
    labels: tenantLabels(tenant),
    annotations: replaceUnready,
  },
});

export const finalBackupJobSpec = (args: BackupArgs): JobSpec => jobSpec(args, "final");

const jobSpec = (args: BackupArgs, reason: BackupReason): JobSpec => ({
  backoffLimit: backupAttempts - 1,
  activeDeadlineSeconds: deadline,
  // A drained node is no failure of the Job.
  podFailurePolicy: { rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] }] },
  template: backupTemplate(args, reason),
});

function backupTemplate({ tenant, instance, services }: BackupArgs, reason: BackupReason): PodTemplate {
  const plan = plans[tenant.plan];
  const repository = ownCredentials(tenant, services.objectStore);
  const { images } = services.provisioning;
  const tags = [reason, ...(tenant.dataServices ? [databaseTag] : [])];
  return backupPodTemplate(backupName, {
    tenantId: tenant.id,
    runtimeClass: instance.runtimeClass,
    work: { sizeGiB: backupWorkGiB(plan), storageClass: instance.storageClass },
    steps: [
      stateStep(instance),
      ...(tenant.dataServices ? [databaseStep(tenant, services)] : []),
      ...identitySteps(instance.image, services.objectStore, repository),
      step({
        name: "store",
        image: images.backup,
        command: backupScript("backup-store"),
        env: [
          ...repositoryInTenant(tenant.id, services.objectStore, repository),
          variable("TENANT_ID", tenant.id),
          variable(backupTagsVariable, tags.join(",")),
          variable("KEEP_DAYS", `${plan.backupDays}`),
          variable("CHECK_DAY", `${checkDay(tenant.id)}`),
          variable("WORK", work.folder),
          variable("RESTIC_CACHE_DIR", `${work.folder}/cache`),
        ],
        mounts: [work.volume, "config", credentials.volume],
      }),
    ],
  });
}

/** The step in OpenClaw's own image. It has no credentials, because plugins of the tenant may run in it. */
const stateStep = ({ image }: InstanceSettings): Container =>
  step({
    name: "state",
    image,
    command: backupScript("backup-state"),
    env: [
      variable("OPENCLAW_STATE_DIR", paths.state),
      variable("OPENCLAW_WORKSPACE_DIR", paths.workspace),
      variable("OPENCLAW_CONFIG_PATH", paths.config),
      variable("OPENCLAW_CONFIG_READONLY", "1"),
      variable("OPENCLAW_NO_AUTO_UPDATE", "1"),
      variable("NODE_DISABLE_COMPILE_CACHE", "1"),
      variable("XDG_CACHE_HOME", paths.cache),
      variable("WORK", work.folder),
    ],
    mounts: [work.volume, "data", "config"],
  });

const databaseStep = (tenant: Tenant, { database, provisioning }: BackupServices): Container =>
  step({
    name: "database",
    image: provisioning.images.database,
    command: backupScript("backup-database"),
    env: [
      ...databaseEnvironment(
        tenant,
        database,
        databaseBackupLogin(tenant),
        backupSecretKeys.databasePassword,
      ),
      variable("WORK", work.folder),
    ],
    mounts: [work.volume, "config"],
  });

/** libpq's variables for one of the tenant's logins. @param key of the tenant's Secret, with the login's password */
export const databaseEnvironment = (
  { id }: Pick<Tenant, "id">,
  database: DatabaseFacts,
  login: string,
  key: string,
) => [
  variable("PGHOST", database.host),
  variable("PGPORT", `${database.port}`),
  variable("PGDATABASE", databaseOf(id)),
  variable("PGUSER", login),
  { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: objectNames.credentials, key } } },
  ...postgresTls(database.tls, database.caCertificate, paths.servicesAuthority),
];

/** The step that exchanges the pod's token for temporary credentials, where the pod has a cloud identity. */
export const identitySteps = (
  image: string,
  { region }: ObjectStoreFacts,
  { accessKey }: RepositoryCredentials,
): Container[] =>
  accessKey === undefined
    ? [
        step({
          name: "identity",
          image,
          command: backupModule("backup-identity"),
          env: [variable("REGION", region), variable("CREDENTIALS_FILE", credentials.file)],
          mounts: [credentials.volume],
        }),
      ]
    : [];

/** The repository of a tenant as a pod in a tenant's namespace sees it. */
export const repositoryInTenant = (
  tenantId: string,
  store: ObjectStoreFacts,
  repositoryCredentials: RepositoryCredentials,
) =>
  repositoryEnvironment({
    tenantId,
    store,
    credentials: repositoryCredentials,
    authority: paths.servicesAuthority,
  });
