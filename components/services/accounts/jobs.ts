import type * as k8s from "@pulumi/kubernetes";
import { plans } from "../../../tenants/plans.ts";
import type { Tenant } from "../../../tenants/schema.ts";
import { type Manifest, type ManifestOf, replaceUnready } from "../../kubernetesObject.ts";
import { annotationKeys, labelKeys, tenantLabels } from "../../labels.ts";
import { containerSecurityContext, podSecurityContext } from "../../podSecurity.ts";
import { userIds } from "../../userIds.ts";
import { adminVariable } from "../adminSecret.ts";
import { servicesNamespace } from "../namespace.ts";
import { authorityFile, scriptsFolder } from "../provisioning.ts";
import type { ServiceFacts } from "../sharedServices.ts";
import { type AccountSecretKey, accountSecretName } from "./accountSecret.ts";

type JobSpec = NonNullable<ManifestOf<k8s.types.input.batch.v1.Job>["spec"]>;
type PodSpec = NonNullable<JobSpec["template"]["spec"]>;
type Container = NonNullable<PodSpec["containers"]>[number];

/**
 * The action of the scripts in scripts/ for a tenant.
 *
 * - `provision`: make or repair what the tenant is to have, with this epoch's credentials beside those of others; run
 *   before the workload.
 * - `retire`: end the credentials of every other epoch; run once the workload has the new ones.
 * - `drop`: remove everything. Never by an update: `npm run purge` alone.
 */
export type DataAction = "provision" | "retire" | "drop";

/**
 * A Job in the services' namespace, so that no administrator's credential enters a tenant's; without its spec, which is
 * {@link accountsJobSpec}. It cannot be changed: what differs replaces it, and so runs again.
 */
export const accountsJob = (action: DataAction, { id, keyEpoch }: Tenant): Manifest => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    name: `${action}-${id}-e${keyEpoch}`,
    namespace: servicesNamespace,
    labels: { [labelKeys.tenant]: id },
    annotations: replaceUnready,
  },
});

/** Resources of each container: small programs that mostly wait. */
const resources = {
  requests: { cpu: "20m", memory: "32Mi", "ephemeral-storage": "16Mi" },
  limits: { cpu: "1", memory: "128Mi", "ephemeral-storage": "64Mi" },
};

/**
 * The exit code of a container that it would not help to run again: a script refuses what is not the tenant's, or
 * scripts/retire-wait.mjs has waited for a pod in vain.
 */
export const finalExitCode = 10;

/**
 * One pod with a container for each service, side by side. What a server says last stands in the pod's status, and so in
 * the update's error.
 *
 * @param adopt {@link accountsPodSpec}
 */
export const accountsJobSpec = (
  action: DataAction,
  tenant: Tenant,
  services: ServiceFacts,
  adopt = false,
): JobSpec => accountsJobAround(tenant, accountsPodSpec(action, tenant, services, adopt), {});

/**
 * {@link accountsJobSpec} of parts that an update learns one by one, so that a preview shows the others.
 *
 * @param annotations of the pod
 */
export const accountsJobAround = <Pod, Annotations extends object>(
  tenant: Tenant,
  pod: Pod,
  annotations: Annotations,
) => ({
  backoffLimit: 4,
  activeDeadlineSeconds: 600,
  podFailurePolicy: {
    rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [finalExitCode] } }],
  },
  template: {
    metadata: {
      labels: { ...tenantLabels(tenant), "app.kubernetes.io/name": "tenant-accounts" },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: pod,
  },
});

/**
 * @param adopt whether `provision` takes what has another owner's mark, or none, for the tenant's: what a program of before
 * 0.3 made has none. Without it that is refused.
 */
export function accountsPodSpec(
  action: DataAction,
  tenant: Tenant,
  services: ServiceFacts,
  adopt = false,
): PodSpec {
  const owner = action === "provision" ? ownerVariables(adopt) : [];
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurityContext(userIds.job),
    containers: [
      databaseContainer(action, tenant, services),
      ...(services.cache.tenantAccounts ? [cacheContainer(action, tenant, services)] : []),
      ...(services.objectStore.adminSecret === undefined
        ? []
        : [objectStoreContainer(action, tenant, services)]),
    ].map((each) => ({ ...each, env: [...(each.env ?? []), ...owner] })),
    volumes: [
      { name: "scripts", configMap: { name: services.provisioning.scripts } },
      { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
    ],
  };
}

function databaseContainer(action: DataAction, tenant: Tenant, services: ServiceFacts): Container {
  const { host, port, name, adminSecret, tls, caCertificate } = services.database;
  const plan = plans[tenant.plan];
  return container("database", services.provisioning.images.database, action, [
    ...common(tenant),
    { name: "PGHOST", value: host },
    { name: "PGPORT", value: `${port}` },
    { name: "PGDATABASE", value: name },
    adminVariable("PGUSER", adminSecret, "username"),
    adminVariable("PGPASSWORD", adminSecret, "password"),
    ...postgresTls(tls, caCertificate, authorityFile),
    secretVariable(tenant, "DATABASE_VERIFIER", "database-verifier"),
    secretVariable(tenant, "DATABASE_BACKUP_VERIFIER", "database-backup-verifier"),
    { name: "CONNECTION_LIMIT", value: `${plan.databaseConnections}` },
    { name: "TEMP_FILE_LIMIT_MIB", value: `${plan.databaseTemporaryMiB}` },
  ]);
}

function cacheContainer(action: DataAction, tenant: Tenant, services: ServiceFacts): Container {
  const { host, port, adminSecret, tls } = services.cache;
  return container("cache", services.provisioning.images.cache, action, [
    ...common(tenant),
    { name: "CACHE_HOST", value: host },
    { name: "CACHE_PORT", value: `${port}` },
    ...(tls ? [{ name: "CACHE_CA", value: authorityFile }] : []),
    adminVariable("REDISCLI_AUTH", adminSecret, "password"),
    secretVariable(tenant, "CACHE_PASSWORD_SHA256", "cache-password-sha256"),
  ]);
}

function objectStoreContainer(action: DataAction, tenant: Tenant, services: ServiceFacts): Container {
  const { endpoint, adminEndpoint = endpoint, adminSecret = "", caCertificate } = services.objectStore;
  return container("object-store", services.provisioning.images.client, action, [
    ...common(tenant),
    { name: "S3_ENDPOINT_URL", value: endpoint },
    { name: "ADMIN_ENDPOINT_URL", value: adminEndpoint },
    ...(caCertificate === undefined ? [] : [{ name: "STORE_CA", value: authorityFile }]),
    adminVariable("ADMIN_ACCESS_KEY", adminSecret, "accessKeyId"),
    adminVariable("ADMIN_SECRET_KEY", adminSecret, "secretAccessKey"),
    { name: "FILES", value: tenant.dataServices ? "yes" : "no" },
    secretVariable(tenant, "FILES_SECRET_KEY", "files-secret-key"),
    secretVariable(tenant, "BACKUP_SECRET_KEY", "backup-secret-key"),
  ]);
}

const container = (
  name: string,
  image: string,
  action: DataAction,
  env: NonNullable<Container["env"]>,
): Container => ({
  name,
  image,
  imagePullPolicy: "IfNotPresent",
  command: ["sh", "-eu", `${scriptsFolder}/${name}.sh`, action],
  env,
  resources,
  terminationMessagePolicy: "FallbackToLogsOnError",
  securityContext: containerSecurityContext(),
  volumeMounts: [
    { name: "scripts", mountPath: scriptsFolder, readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
  ],
});

/** Locked while it is suspended, once it is offboarded, and when it is to have no data services any more. */
const common = (tenant: Tenant) => [
  { name: "TENANT_ID", value: tenant.id },
  { name: "KEY_EPOCH", value: `${tenant.keyEpoch}` },
  { name: "ACCESS", value: tenant.state === "active" && tenant.dataServices ? "open" : "locked" },
];

/** Variables of `provision` alone: scripts without them leave every owner's mark as it is. */
export const ownerVariableNames = { incarnation: "INCARNATION", adopt: "ADOPT" } as const;

/** The incarnation is in an annotation of the pod: it is no secret, and an update may learn it only while it runs. */
const ownerVariables = (adopt: boolean) => [
  {
    name: ownerVariableNames.incarnation,
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${annotationKeys.incarnation}']` } },
  },
  { name: ownerVariableNames.adopt, value: adopt ? "yes" : "no" },
];

const secretVariable = (tenant: Tenant, name: string, key: AccountSecretKey) => ({
  name,
  valueFrom: { secretKeyRef: { name: accountSecretName(tenant.id), key } },
});

/** libpq's variables. @param file where the server's authority is mounted, if it is not one that all know */
export const postgresTls = (tls: boolean, caCertificate: string | undefined, file: string) =>
  caCertificate === undefined
    ? [{ name: "PGSSLMODE", value: tls ? "require" : "disable" }]
    : [
        { name: "PGSSLMODE", value: "verify-full" },
        { name: "PGSSLROOTCERT", value: file },
      ];
