import { plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { backupWorkGiB } from "../instance/allowances.ts";
import { paths } from "../instance/paths.ts";
import type { InstanceSettings } from "../instance/settings.ts";
import { type Container, type Job, variable } from "../job.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName } from "../names.ts";
import { databaseLogin } from "../services/accounts/accounts.ts";
import { accountsJobSpec, ownerVariableNames } from "../services/accounts/jobs.ts";
import type { ServiceFacts } from "../services/sharedServices.ts";
import { databaseEnvironment, databaseTag, identitySteps, repositoryInTenant } from "./backup.ts";
import { type BackupPod, backupPodTemplate, credentials, step, work } from "./pod.ts";
import { ownCredentials, type RepositoryCredentials } from "./repository.ts";
import { backupScript } from "./scripts.ts";

/** A backup as restic lists it. */
export interface Snapshot {
  readonly id: string;
  readonly tags: readonly string[];
}

export const hasDatabase = ({ tags }: Pick<Snapshot, "tags">): boolean => tags.includes(databaseTag);

export interface RestoreArgs {
  /** Into which. */
  readonly tenant: Tenant;
  /** The tenant whose backup it is; the same or another one. */
  readonly sourceId: string;
  readonly snapshot: Snapshot;
  /** Digits. What is set aside has it in its name, and a restore that was killed is continued under the same. */
  readonly restoreId: string;
  /** Whether what is there is removed first, because the volume has no room for both. */
  readonly discardCurrent: boolean;
  /** Credentials of the source's backups, in a Secret in the tenant's namespace. */
  readonly repository: RepositoryCredentials;
  readonly instance: InstanceSettings;
  readonly services: ServiceFacts;
}

/** Whether the backup holds a database, and there is one to load it into. */
export const restoresDatabase = ({ tenant, snapshot }: Pick<RestoreArgs, "tenant" | "snapshot">): boolean =>
  tenant.dataServices && hasDatabase(snapshot);

const name = "openclaw-restore";

/**
 * A Job in the tenant's namespace: everything is fetched and checked, the dump is loaded with the tenant's own rights, and
 * the files are replaced last, by renaming.
 */
export function restoreJobSpec(args: RestoreArgs): Job {
  const { tenant, restoreId, instance, services } = args;
  const image = services.provisioning.images.backup;
  const steps = [
    ...identitySteps(instance.image, services.objectStore, args.repository),
    step({
      name: "fetch",
      image,
      command: backupScript("backup-fetch"),
      env: [
        ...repositoryInTenant(args.sourceId, services.objectStore, args.repository),
        variable("SNAPSHOT", args.snapshot.id),
        variable("BACKUP_TAGS", restoresDatabase(args) ? databaseTag : ""),
        variable("VOLUME", paths.volume),
        variable("DISCARD", args.discardCurrent ? "yes" : "no"),
        variable("WORK", work.folder),
        variable("RESTIC_CACHE_DIR", `${work.folder}/cache`),
      ],
      mounts: [work.volume, "data", "config", credentials.volume],
    }),
    ...(restoresDatabase(args) ? [loadStep(tenant, services)] : []),
    filesStep(image, "swap", restoreId),
  ];
  return tenantJob(args, `restore-${restoreId}`, steps, {
    sizeGiB: backupWorkGiB(plans[tenant.plan]),
    storageClass: instance.storageClass,
  });
}

const loadStep = (tenant: Tenant, { database, provisioning }: ServiceFacts): Container =>
  step({
    name: "database",
    image: provisioning.images.database,
    command: backupScript("backup-load"),
    env: [
      ...databaseEnvironment(tenant, database, databaseLogin(tenant), "PGPASSWORD"),
      variable("WORK", work.folder),
    ],
    mounts: [work.volume, "config"],
  });

/** An action on the files of the tenant's volume: scripts/backup-swap.sh. */
export type FilesAction = "swap" | "put-back" | "clean";

const filesStep = (image: string, action: FilesAction, restoreId: string): Container =>
  step({
    name: "files",
    image,
    command: backupScript("backup-swap", action),
    env: [variable("VOLUME", paths.volume), variable("RESTORE_ID", restoreId)],
    mounts: ["data"],
  });

/** A Job in the tenant's namespace that only moves files. */
export const filesJobSpec = (
  args: Pick<RestoreArgs, "tenant" | "restoreId" | "instance" | "services">,
  action: Exclude<FilesAction, "swap">,
): Job =>
  tenantJob(args, `${action}-${args.restoreId}`, [
    filesStep(args.services.provisioning.images.backup, action, args.restoreId),
  ]);

/** A Job in the tenant's namespace that lists its backups: where only the tenant's own identity may read them. */
export function ownListingJobSpec(args: Pick<RestoreArgs, "tenant" | "instance" | "services">): Job {
  const { objectStore, provisioning } = args.services;
  const repository = ownCredentials(args.tenant, objectStore);
  return tenantJob(args, "list-backups", [
    ...identitySteps(args.instance.image, objectStore, repository),
    step({
      name: "list",
      image: provisioning.images.backup,
      command: backupScript("backup-list"),
      env: repositoryInTenant(args.tenant.id, objectStore, repository),
      mounts: ["config", credentials.volume],
    }),
  ]);
}

/** A Job in the tenant's namespace, of the pods that backups have. */
export function tenantJob(
  { tenant, instance }: Pick<RestoreArgs, "tenant" | "instance">,
  jobName: string,
  steps: readonly Container[],
  workVolume?: BackupPod["work"],
): Job {
  const [first, ...others] = steps;
  if (first === undefined) {
    throw new RangeError(`the Job ${jobName} has no steps`);
  }
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: jobName, namespace: namespaceName(tenant.id), labels: tenantLabels(tenant) },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 4 * 3600,
      ttlSecondsAfterFinished: 3600,
      template: backupPodTemplate(name, {
        tenantId: tenant.id,
        runtimeClass: instance.runtimeClass,
        steps: [first, ...others],
        ...(workVolume === undefined ? {} : { work: workVolume }),
      }),
    },
  };
}

/** An action on the tenant's database: scripts/restore-database.sh. */
export type DatabaseAction = "set-aside" | "open" | "close" | "put-back" | "clean";

/**
 * A Job in the services' namespace, where the administrator's credentials are. It never sees the dump.
 *
 * - `prepare`: the database is set aside, and a new one made as for a new tenant
 * - `finish`: the loaded schema gets the tenant's name, if the dump was another's
 * - `put-back`: what was set aside takes its place again, with the accounts it ought to have
 * - `clean`: what was set aside is dropped
 */
export function databaseJobSpec(
  phase: "prepare" | "finish" | "put-back" | "clean",
  {
    tenant,
    sourceId,
    restoreId,
    services,
  }: Pick<RestoreArgs, "tenant" | "sourceId" | "restoreId" | "services">,
): Job {
  const spec = accountsJobSpec("provision", tenant, services);
  const pod = spec.template.spec;
  const found = pod?.containers.find((container) => container.name === "database");
  if (pod === undefined || found === undefined) {
    throw new TypeError(`the Job of ${tenant.id}'s accounts has no container "database"`);
  }
  // What a restore makes has the owner's mark that the tenant's role has.
  const owner: readonly string[] = Object.values(ownerVariableNames);
  const provision = { ...found, env: (found.env ?? []).filter(({ name }) => !owner.includes(name)) };
  const act = (action: DatabaseAction): Container => ({
    ...provision,
    name: action,
    command: ["sh", "-eu", "/scripts/restore-database.sh", action],
    env: [...provision.env, variable("SOURCE_ID", sourceId), variable("RESTORE_ID", restoreId)],
  });
  const steps: Record<typeof phase, readonly Container[]> = {
    prepare: [act("set-aside"), provision, act("open")],
    finish: [act("close")],
    "put-back": [act("put-back"), provision],
    clean: [act("clean")],
  };
  const chosen = steps[phase];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: `${phase}-${tenant.id}-${restoreId}`,
      namespace: services.namespace,
      labels: tenantLabels(tenant),
    },
    spec: {
      ...spec,
      backoffLimit: 0,
      ttlSecondsAfterFinished: 3600,
      template: {
        ...spec.template,
        spec: { ...pod, initContainers: chosen.slice(0, -1), containers: chosen.slice(-1) },
      },
    },
  };
}
