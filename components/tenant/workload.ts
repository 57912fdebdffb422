import type * as k8s from "@pulumi/kubernetes";
import { limitFactor, type Plan, plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { ephemeralStorageMiB } from "../instance/allowances.ts";
import { type DataEnvironment, noData } from "../instance/dataEnvironment.ts";
import { paths } from "../instance/paths.ts";
import { type GatewaySettings, timeZoneOf } from "../instance/settings.ts";
import { type ManifestOf, skipAwait, waitForOnePod } from "../kubernetesObject.ts";
import { annotationKeys, labelKeys, tenantLabels, workloadSelector } from "../labels.ts";
import { gatewayPort, namespaceName, objectNames } from "../names.ts";
import type { EdgeFacts } from "../platform/facts.ts";
import { containerSecurityContext, podSecurityContext } from "../podSecurity.ts";
import { cores, mebibytes } from "../quantities.ts";
import { userIds } from "../userIds.ts";
import { gatewayCredentialVariable } from "./credentials.ts";
import { probes } from "./probes.ts";

/** MiB below which OpenClaw does not live: about 0.6 GiB idle, 1.1 GiB after chats (docs/architecture.md). */
export const memoryFloorMiB = { request: 1024, limit: 2048 } as const;

/** MiB of the memory limit that files in /tmp may take; they take 10 MiB after the start. */
const temporaryMiB = 512;

/** Seconds: with a run in progress OpenClaw drains for up to 315 s after SIGTERM. */
const terminationGracePeriodSeconds = 330;

/**
 * The tenant's one gateway. Recreate and a fixed host name belong together: a second gateway on the same state is
 * refused, and after a SIGKILL only one of the same host name may take the lock over at once (any other waits for
 * the five minutes of its lease).
 *
 * @param checksum SHA-256 of openclaw.json.
 */
export const deploymentSpec = (
  tenant: Tenant,
  instance: GatewaySettings,
  edge: EdgeFacts,
  checksum: string,
  data: DataEnvironment = noData,
): ManifestOf<k8s.types.input.apps.v1.Deployment> =>
  deploymentAround(tenant, gatewayPodSpec(tenant, instance, edge, data), {
    [annotationKeys.configChecksum]: checksum,
  });

/**
 * {@link deploymentSpec} of parts that an update learns one by one, so that a preview shows the others.
 *
 * @param annotations of the pod, beside its epoch
 */
export function deploymentAround<Pod, Annotations extends object>(
  tenant: Tenant,
  pod: Pod,
  annotations: Annotations,
) {
  const isRunning = tenant.state === "active";
  return {
    apiVersion: "apps/v1" as const,
    kind: "Deployment" as const,
    metadata: {
      name: objectNames.workload,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
      annotations: isRunning ? { ...waitForOnePod } : { ...skipAwait },
    },
    spec: {
      replicas: isRunning ? 1 : 0,
      strategy: { type: "Recreate" },
      revisionHistoryLimit: 2,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { ...workloadSelector } },
      template: {
        metadata: {
          labels: { ...workloadSelector, [labelKeys.tenant]: tenant.id },
          annotations: { ...annotations, [annotationKeys.keyEpoch]: `${tenant.keyEpoch}` },
        },
        spec: pod,
      },
    },
  };
}

type PodSpec = NonNullable<
  NonNullable<NonNullable<ManifestOf<k8s.types.input.apps.v1.Deployment>["spec"]>["template"]>["spec"]
>;

export function gatewayPodSpec(
  tenant: Tenant,
  instance: GatewaySettings,
  edge: EdgeFacts,
  data: DataEnvironment,
): PodSpec {
  return {
    hostname: objectNames.workload,
    serviceAccountName: objectNames.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(instance.runtimeClass === undefined ? {} : { runtimeClassName: instance.runtimeClass }),
    terminationGracePeriodSeconds,
    securityContext: podSecurityContext(userIds.gateway),
    containers: [
      {
        name: objectNames.container,
        image: instance.image,
        imagePullPolicy: "IfNotPresent",
        ports: [{ name: "http", containerPort: gatewayPort, protocol: "TCP" }],
        env: environment(tenant, data, timeZoneOf(tenant, instance)),
        resources: resources(plans[tenant.plan]),
        terminationMessagePath: paths.terminationLog,
        ...probes(edge),
        securityContext: containerSecurityContext(),
        volumeMounts: [
          { name: "data", mountPath: paths.volume },
          { name: "config", mountPath: paths.configFolder, readOnly: true },
          { name: "tmp", mountPath: paths.temporary },
        ],
      },
    ],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: objectNames.volumeClaim } },
      { name: "config", configMap: { name: objectNames.config } },
      // In memory, which is the pod's own: on disk the kubelet does not count a file that is deleted and still open,
      // and one tenant could fill the node's.
      { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: mebibytes(temporaryMiB) } },
    ],
  };
}

function environment(tenant: Tenant, data: DataEnvironment, timeZone: string) {
  const plain: Record<string, string> = {
    OPENCLAW_STATE_DIR: paths.state,
    OPENCLAW_WORKSPACE_DIR: paths.workspace,
    OPENCLAW_CONFIG_PATH: paths.config,
    OPENCLAW_CONFIG_READONLY: "1",
    // Without a supervisor OpenClaw diagnoses a failed start with two model calls on the tenant's key.
    OPENCLAW_SUPERVISOR_MODE: "external",
    OPENCLAW_NO_AUTO_UPDATE: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
    XDG_CACHE_HOME: paths.cache,
    // Of a cron job that names no zone itself; the assistant's own is in openclaw.json.
    TZ: timeZone,
    ...data.settings,
  };
  const secret = [gatewayCredentialVariable(tenant), "TENANT_LLM_KEY", ...data.credentials];
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...secret.map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: objectNames.credentials, key: name } },
    })),
  ];
}

function resources(plan: Plan) {
  const requestMiB = Math.max(plan.memoryMiB, memoryFloorMiB.request);
  return {
    requests: {
      cpu: cores(plan.cpuCores),
      memory: mebibytes(requestMiB),
      "ephemeral-storage": mebibytes(ephemeralStorageMiB.request),
    },
    limits: {
      cpu: cores(plan.cpuCores * limitFactor),
      memory: mebibytes(Math.max(requestMiB * limitFactor, memoryFloorMiB.limit)),
      "ephemeral-storage": mebibytes(ephemeralStorageMiB.limit),
    },
  };
}
