import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { databaseJobSpec } from "../../components/backup/restore.ts";
import type { Job } from "../../components/job.ts";
import { annotationKeys, labelKeys } from "../../components/labels.ts";
import { namespaceName, objectNames } from "../../components/names.ts";
import { accountSecretName } from "../../components/services/accounts/accountSecret.ts";
import { accountsJob, accountsJobSpec } from "../../components/services/accounts/jobs.ts";
import { tenantPrefix } from "../../components/services/objectStore.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { planNames } from "../../tenants/plans.ts";
import { type Tenant, tenantDefaults, tenantStates } from "../../tenants/schema.ts";
import { type BackupContext, tenantsFolder } from "./context.ts";
import { runJob } from "./jobs.ts";

/** The objects that remain in the cluster of a tenant that has left the stack. */
export interface Remains {
  readonly tenant: Tenant;
  /** Not known where somebody has deleted the namespace of a tenant of before 0.3. */
  readonly retainUntil: string | undefined;
  /** Names of its volumes that the cluster does not delete with their claims: the cloud's disk stays. */
  readonly retainedVolumes: readonly string[];
  /** Whether what opens its backups is still there; else they, its database and its keys are gone already. */
  readonly hasAccounts: boolean;
  /** The address of its files and backups, if nobody in the cluster has a key for them. */
  readonly objects: { readonly bucket: string; readonly prefix: string } | undefined;
}

/** Metadata of the namespace, which says all; or of the Secret of the accounts, where somebody has deleted the namespace. */
const leftSchema = z.object({
  metadata: z.object({
    labels: z.object({
      [labelKeys.plan]: z.enum(planNames).optional(),
      [labelKeys.state]: z.enum(tenantStates).optional(),
      [labelKeys.cell]: z.string().optional(),
    }),
    annotations: z
      .object({
        [annotationKeys.displayName]: z.string().optional(),
        [annotationKeys.owner]: z.string().optional(),
        [annotationKeys.ownedBy]: z.string().optional(),
        [annotationKeys.retainUntil]: z.string().optional(),
      })
      .default({}),
  }),
});

const volumesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        persistentVolumeReclaimPolicy: z.string().optional(),
        claimRef: z.object({ namespace: z.string().optional() }).optional(),
      }),
    }),
  ),
});

/**
 * @param today YYYY-MM-DD
 * @throws UserError unless the tenant has left by its file, by the stack, and by the day that its data was kept until
 */
export async function remainsOf(context: BackupContext, id: string, today: string): Promise<Remains> {
  const { kubectl, target, tenants } = context;
  const { objectStore } = context.services;
  const file = fileOf(dirname(tenantsFolder(target)), id);
  if (file !== undefined) {
    throw new UserError(
      `${file} is there, so ${id} is a tenant. Offboard it, and delete its file after its retainUntil.`,
    );
  }
  if (tenants[id] !== undefined) {
    throw new UserError(`${id} is in the stack ${target.stack} until its next update: \`npm run up\` first.`);
  }
  const namespace = namespaceName(id);
  const get = (...args: string[]) =>
    kubectl.succeed(["get", ...args, "--ignore-not-found", "--output", "json"]);
  const ofNamespace = await get("namespace", namespace);
  const ofAccounts = await get("secret", accountSecretName(id), "-n", context.services.namespace);
  const text = ofNamespace.trim() === "" ? ofAccounts : ofNamespace;
  if (text.trim() === "") {
    throw new UserError(
      `There is no namespace ${namespace} and no Secret ${accountSecretName(id)} in the cluster: nothing is left of ${id}.`,
    );
  }
  const { labels, annotations } = leftSchema.parse(jsonOf(text)).metadata;
  const retainUntil = annotations[annotationKeys.retainUntil];
  const [stack] = annotations[annotationKeys.ownedBy]?.split("/") ?? [target.stack];
  if (stack !== target.stack) {
    throw new UserError(`${id} was a tenant of the stack ${stack}: \`npm run purge -- --stack ${stack} …\``);
  }
  // The Secrets of before 0.3 say neither.
  const isUnknown = ofNamespace.trim() === "" && labels[labelKeys.state] === undefined;
  if (!isUnknown && (labels[labelKeys.state] !== "offboarded" || retainUntil === undefined)) {
    throw new UserError(
      `${id} was ${labels[labelKeys.state] ?? "in an unknown state"} when it left the stack, and not offboarded. Put its file back and offboard it first: that makes the final backup.`,
    );
  }
  if (retainUntil !== undefined && today < retainUntil) {
    throw new UserError(`${id}'s data is kept until ${retainUntil}; today is ${today}.`);
  }
  const volumes = volumesSchema.parse(
    jsonOf(await kubectl.succeed(["get", "persistentvolumes", "--output", "json"])),
  );
  return {
    tenant: {
      id,
      cell: labels[labelKeys.cell] ?? target.stack,
      displayName: annotations[annotationKeys.displayName] ?? id,
      owner: annotations[annotationKeys.owner] ?? "its namespace is gone",
      // Of no matter to what removes it.
      plan: labels[labelKeys.plan] ?? planNames[0],
      state: "offboarded",
      ...(retainUntil === undefined ? {} : { retainUntil }),
      ...{
        auth: tenantDefaults.auth,
        isolation: tenantDefaults.isolation,
        keyEpoch: tenantDefaults.keyEpoch,
      },
      users: [],
      model: { default: tenantDefaults.model.default, monthlyBudgetCny: 0 },
      dataServices: false,
    },
    retainUntil,
    retainedVolumes: volumes.items.flatMap(({ metadata, spec }) =>
      spec.claimRef?.namespace === namespace && spec.persistentVolumeReclaimPolicy === "Retain"
        ? [metadata.name]
        : [],
    ),
    hasAccounts: ofAccounts.trim() !== "",
    objects:
      objectStore.adminSecret === undefined
        ? { bucket: objectStore.bucket, prefix: tenantPrefix(id) }
        : undefined,
  };
}

/** The tenant's file, in whichever cell. */
function fileOf(cells: string, id: string): string | undefined {
  const folders = existsSync(cells) ? readdirSync(cells, { withFileTypes: true }) : [];
  return folders
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(cells, entry.name, `${id}.yaml`))
    .find((path) => existsSync(path));
}

/** The things that a purge deletes, for whoever decides. */
export function remainsText(remains: Remains): string {
  const { tenant, retainUntil, retainedVolumes, hasAccounts, objects } = remains;
  const { id, displayName, owner } = tenant;
  return [
    `This deletes for good what is left of ${id} (${displayName}, ${owner}), ${retainUntil === undefined ? "kept until a day that nobody knows any more" : `kept until ${retainUntil}`}:`,
    ...(hasAccounts
      ? [
          objects === undefined
            ? `  every backup, its files in the object store, and what opens them`
            : `  what opens its backups`,
          `  the database tenant_${id}, the keys ${id}:* of the cache if there are any, and every login`,
        ]
      : ["  (its backups, its database and its logins are gone already)"]),
    `  the namespace ${namespaceName(id)} with the volume ${objectNames.volumeClaim}`,
    ...(objects === undefined
      ? []
      : [
          `  NOT the objects below ${objects.prefix} of the bucket ${objects.bucket}, its backups among them: no key in the cluster`,
          `      reaches them; delete them and their old versions in the cloud`,
        ]),
    ...retainedVolumes.map(
      (name) =>
        `  NOT the disk of the persistent volume ${name}: its class retains it; delete it in the cloud`,
    ),
  ].join("\n");
}

/** Deletes what is left. Killed anywhere, it can be run again: the namespace, which says whose all this was, goes last. */
export async function purge(
  context: BackupContext,
  { tenant, hasAccounts, objects }: Remains,
): Promise<void> {
  const { kubectl, progress, services } = context;
  const { id } = tenant;
  if (hasAccounts) {
    const aside = { tenant, sourceId: id, restoreId: "0", services };
    await runJob(kubectl, databaseJobSpec("clean", aside), `${id}: databases that were set aside`, progress);
    const job: Job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: accountsJob("drop", tenant).metadata,
      spec: { ...accountsJobSpec("drop", tenant, services), ttlSecondsAfterFinished: 3600 },
    };
    const what = objects === undefined ? "database, cache, files and backups" : "database and cache";
    await runJob(kubectl, job, `${id}: ${what}`, progress);
    const secret = ["delete", "secret", accountSecretName(id), "--namespace", services.namespace];
    await kubectl.succeed([...secret, "--ignore-not-found"]);
  }
  const step = progress.step(`${id}: deleting its namespace and volume`);
  await kubectl.succeed([
    ...["delete", "namespace", namespaceName(id), "--ignore-not-found"],
    ...["--request-timeout=0", "--timeout=300s"],
  ]);
  step.done(`${id}: namespace and volume are deleted`);
}
