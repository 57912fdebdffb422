import { limitFactor } from "../../tenants/plans.ts";
import { ephemeralStorageMiB, jobAllowance } from "../instance/allowances.ts";
import { paths } from "../instance/paths.ts";
import type { Container, PodTemplate } from "../job.ts";
import { labelKeys } from "../labels.ts";
import { objectNames } from "../names.ts";
import { containerSecurityContext, podSecurityContext } from "../podSecurity.ts";
import { gibibytes, mebibytes, millicores } from "../quantities.ts";
import { userIds } from "../userIds.ts";

/** The common parts of the pods of a backup and of a restore. */

/** The name of the CronJob, and the value of its pods' name label. */
export const backupName = "openclaw-backup";

/** A volume as large as the work needs, which goes with the pod. */
export const work = { volume: "work", folder: "/work" } as const;

/** Credentials of the pod's identity in the cloud; in memory. */
export const credentials = {
  volume: "credentials",
  folder: "/credentials",
  file: "/credentials/aws",
} as const;

/** MiB that files in /tmp may take; OpenClaw keeps its locks there. */
const temporaryMiB = 64;

export interface BackupPod {
  readonly tenantId: string;
  readonly runtimeClass: string | undefined;
  /** One after the other. */
  readonly steps: readonly [Container, ...Container[]];
  /** The volume for what steps work on; none if it is left out. It counts against the quota for as long as the pod is there. */
  readonly work?: { readonly sizeGiB: number; readonly storageClass: string | undefined };
}

/**
 * A pod in a tenant's namespace, on the node where the tenant's volume is attached, with its steps one after the other.
 * It has no label that leads the tenant's Service to it.
 */
export function backupPodTemplate(name: string, pod: BackupPod): PodTemplate {
  const tenantLabel = { [labelKeys.tenant]: pod.tenantId };
  const last = pod.steps.at(-1) ?? pod.steps[0];
  return {
    metadata: { labels: { ...tenantLabel, "app.kubernetes.io/name": name } },
    spec: {
      restartPolicy: "Never",
      serviceAccountName: objectNames.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(pod.runtimeClass === undefined ? {} : { runtimeClassName: pod.runtimeClass }),
      securityContext: podSecurityContext(userIds.gateway),
      // The volume goes with one node at a time. Where no pod of the tenant runs, the first may go anywhere: it is its own.
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: tenantLabel }, topologyKey: "kubernetes.io/hostname" },
          ],
        },
      },
      initContainers: pod.steps.slice(0, -1),
      containers: [last],
      volumes: [
        { name: "data", persistentVolumeClaim: { claimName: objectNames.volumeClaim } },
        { name: "config", configMap: { name: objectNames.config } },
        { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: mebibytes(temporaryMiB) } },
        { name: credentials.volume, emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
        ...(pod.work === undefined ? [] : [workVolume(pod.work, tenantLabel)]),
      ],
    },
  };
}

const workVolume = (
  { sizeGiB, storageClass }: NonNullable<BackupPod["work"]>,
  labels: Readonly<Record<string, string>>,
) => ({
  name: work.volume,
  ephemeral: {
    volumeClaimTemplate: {
      metadata: { labels },
      spec: {
        accessModes: ["ReadWriteOnce"],
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
        resources: { requests: { storage: gibibytes(sizeGiB) } },
      },
    },
  },
});

/** A volume that a step mounts besides /tmp, which all mount. */
export type Mount = "data" | "config" | typeof credentials.volume | typeof work.volume;

const mountPaths: Readonly<Record<Mount, string>> = {
  [work.volume]: work.folder,
  data: paths.volume,
  config: paths.configFolder,
  [credentials.volume]: credentials.folder,
};

/** One step, within what the quota leaves for a Job beside the gateway. */
export function step(args: {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: NonNullable<Container["env"]>;
  readonly mounts: readonly Mount[];
}): Container {
  return {
    name: args.name,
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    command: [...args.command],
    env: args.env,
    resources: { requests: resources(1), limits: resources(limitFactor) },
    // What the step said last is what the Job failed with. Its file is out of the step's reach: see paths.ts.
    terminationMessagePath: paths.terminationLog,
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "tmp", mountPath: paths.temporary },
      ...args.mounts.map((mount) => ({
        name: mount,
        mountPath: mountPaths[mount],
        ...(mount === "config" ? { readOnly: true } : {}),
      })),
    ],
  };
}

const resources = (factor: number) => ({
  cpu: millicores(jobAllowance.cpuMillis * factor),
  memory: mebibytes(jobAllowance.memoryMiB * factor),
  "ephemeral-storage": mebibytes(factor === 1 ? ephemeralStorageMiB.request : ephemeralStorageMiB.limit),
});
