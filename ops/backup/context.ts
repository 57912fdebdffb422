import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { InstanceSettings } from "../../components/instance/settings.ts";
import { annotationKeys } from "../../components/labels.ts";
import { namespaceName, objectNames } from "../../components/names.ts";
import { type ServiceFacts, sharedServicesSchema } from "../../components/services/sharedServices.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { repository } from "../../lib/system/paths.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { readStack } from "../../settings/stacks.ts";
import { closest } from "../../tenants/closest.ts";
import { loadTenants } from "../../tenants/load.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { orReport } from "../commandLine/orReport.ts";
import { type Kubectl, withKubectl } from "../stack/kubectl.ts";
import { type StackOutputs, stackOutputs } from "../stack/stackOutputs.ts";
import { type Target, targetFlags } from "../stack/target.ts";
import type { AccessKey } from "./accessKey.ts";

/** The context of the commands for backups. */
export interface BackupContext {
  readonly target: Target;
  readonly progress: Progress;
  readonly kubectl: Kubectl;
  readonly services: ServiceFacts;
  readonly tenants: StackOutputs["tenants"];
  /** The access key of the bucket where a tenant has no key of its own, only a role. */
  readonly lentKey?: AccessKey | undefined;
}

/**
 * @param lentKey for the bucket
 * @throws UserError if the stack was never brought up, or by a program that knew nothing of backups; or if a key is lent
 *   where tenants have their own
 */
export async function withBackups<T>(
  target: Target,
  progress: Progress,
  body: (context: BackupContext) => Promise<T>,
  lentKey?: AccessKey,
): Promise<T> {
  const outputs = await stackOutputs(target, progress);
  const services = sharedServicesSchema.safeParse(outputs.services);
  if (!services.success) {
    throw new UserError(
      `What the last update of the stack ${target.stack} says of its services is not what this program knows. \`npm run up${targetFlags(target)}\` renews it.`,
    );
  }
  refuseNeedlessKey(services.data, lentKey);
  return withKubectl(target, outputs, (kubectl) =>
    body({ target, progress, kubectl, services: services.data, tenants: outputs.tenants, lentKey }),
  );
}

const ownKeysSchema = z.object({ objectStore: z.object({ adminSecret: z.string() }) });

/**
 * @param services as any version of the program says of them
 * @throws UsageError if a key is lent where tenants have their own
 */
export function refuseNeedlessKey(services: unknown, lentKey: AccessKey | undefined): void {
  if (lentKey !== undefined && ownKeysSchema.safeParse(services).success) {
    throw new UsageError("--lend-key is for OSS and COS; here each tenant's backups have a key of their own");
  }
}

/** Folder of the target's tenant files. */
export const tenantsFolder = ({ stack, tenants }: Target): string =>
  tenants ?? join(repository, readStack(stack)?.tenantsFolder ?? join("tenants", stack));

/**
 * A tenant as its file says.
 *
 * @throws UserError if it has none, or with the report if a file is wrong
 */
export function tenantOfFile(target: Target, id: string): Tenant {
  const folder = tenantsFolder(target);
  const tenants = existsSync(folder) ? orReport(() => loadTenants(folder)) : [];
  const found = tenants.find((tenant) => tenant.id === id);
  if (found === undefined) {
    const meant = closest(
      id,
      tenants.map((tenant) => tenant.id),
    );
    throw new UserError(
      `There is no ${join(folder, `${id}.yaml`)}.${meant === undefined ? "" : ` Did you mean ${meant}?`} --stack names the cell.`,
    );
  }
  return found;
}

/** A tenant's gateway as it is in the cluster. */
export interface Instance {
  readonly settings: InstanceSettings;
  /** Annotations of the Deployment; those of restore.ts among them. */
  readonly annotations: Readonly<Record<string, string>>;
}

const deploymentSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
      spec: z.object({
        runtimeClassName: z.string().optional(),
        containers: z.array(z.object({ image: z.string() })).min(1),
      }),
    }),
  }),
});

const claimSchema = z.object({ spec: z.object({ storageClassName: z.string().optional() }) });

/**
 * @throws UserError if the cluster has another epoch of the tenant's credentials than its file: the last update came not
 *   to its end, or not yet
 */
export async function instanceOf({ kubectl, target }: BackupContext, tenant: Tenant): Promise<Instance> {
  const get = async (kind: string, name: string) =>
    jsonOf(await kubectl.succeed(["get", kind, name, "-n", namespaceName(tenant.id), "--output", "json"]));
  const deployment = deploymentSchema.parse(await get("deployment", objectNames.workload));
  const claim = claimSchema.parse(await get("persistentvolumeclaim", objectNames.volumeClaim));
  const { metadata, spec } = deployment.spec.template;
  const epoch = metadata.annotations[annotationKeys.keyEpoch];
  if (epoch !== `${tenant.keyEpoch}`) {
    throw new UserError(
      `${tenant.id}'s file says keyEpoch ${tenant.keyEpoch}, and the cluster has ${epoch}: \`npm run up${targetFlags(target)}\` first.`,
    );
  }
  return {
    annotations: deployment.metadata.annotations,
    settings: {
      image: spec.containers[0]?.image ?? "",
      storageClass: claim.spec.storageClassName,
      runtimeClass: spec.runtimeClassName,
    },
  };
}
