import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import { type ManifestOf, skipAwait } from "../../kubernetesObject.ts";
import { annotationKeys } from "../../labels.ts";
import { containerSecurityContext, podSecurityContext } from "../../podSecurity.ts";
import { gibibytes } from "../../quantities.ts";
import { adminSecretName } from "../adminSecret.ts";
import { servicesNamespace } from "../namespace.ts";

type StatefulSet = ManifestOf<k8s.types.input.apps.v1.StatefulSet>;
type Container = NonNullable<
  NonNullable<NonNullable<NonNullable<StatefulSet["spec"]>["template"]>["spec"]>["containers"]
>[number];

/** The differences between one service and the next. */
export interface ServiceWorkload {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  /** Further ports by name, for clients that are admitted to them separately. */
  readonly otherPorts?: Readonly<Record<string, number>>;
  /** uid and gid that the image's files belong to. */
  readonly userId: number;
  readonly storage: {
    readonly sizeGiB: number;
    readonly class: string | undefined;
    readonly mountPath: string;
  };
  readonly resources: NonNullable<Container["resources"]>;
  /** Whether it serves. */
  readonly probe: Probe;
  /** Whether it is worth starting anew, where that is not the same question. */
  readonly livenessProbe?: Probe;
  /** Seconds that a start may take, such as after a crash. @default 120 */
  readonly startSeconds?: number;
  /** Seconds that it may take to end. @default 60 */
  readonly stopSeconds?: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly NonNullable<Container["env"]>[number][];
  /** Text of the files below {@link scriptsFolder}, by name. Others make other pods: the service starts anew. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Secrets of the namespace that are mounted. */
  readonly secretFiles?: readonly SecretFiles[];
  /** Folders besides the volume that the process writes to. */
  readonly writable: readonly string[];
}

type Probe = Pick<NonNullable<Container["readinessProbe"]>, "exec" | "httpGet" | "tcpSocket">;

/** Keys of a Secret as files of their names, which the service's user alone may read. */
export interface SecretFiles {
  readonly secret: string;
  readonly keys: readonly string[];
  readonly folder: string;
}

export const scriptsFolder = "/scripts";

/** One replica under the restricted Pod Security Standard, with a root file system that nobody writes to. */
export const statefulSetSpec = (workload: ServiceWorkload): StatefulSet =>
  statefulSetAround(workload, startChecksum(workload, undefined));

/**
 * {@link statefulSetSpec} with a checksum that an update learns later than the rest, so that a preview shows the rest.
 *
 * @param checksum {@link startChecksum}
 */
export function statefulSetAround<Checksum>(workload: ServiceWorkload, checksum: Checksum) {
  const { name, storage } = workload;
  const labels = selector(name);
  return {
    apiVersion: "apps/v1" as const,
    kind: "StatefulSet" as const,
    metadata: { name, namespace: servicesNamespace },
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: labels },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      template: {
        metadata: { labels, annotations: { [annotationKeys.configChecksum]: checksum } },
        spec: podSpec(workload),
      },
      volumeClaimTemplates: [
        {
          apiVersion: "v1" as const,
          kind: "PersistentVolumeClaim" as const,
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            ...(storage.class === undefined ? {} : { storageClassName: storage.class }),
            resources: { requests: { storage: gibibytes(storage.sizeGiB) } },
          },
        },
      ],
    },
  };
}

/** Headless: a client finds the one pod by the Service's name. */
export function serviceSpec(workload: ServiceWorkload): ManifestOf<k8s.types.input.core.v1.Service> {
  const { name } = workload;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace: servicesNamespace,
      annotations: skipAwait,
    },
    spec: { clusterIP: "None", selector: selector(name), ports: portsOf(workload) },
  };
}

/**
 * Nobody drains the one replica away in passing: an eviction waits until somebody ends the pod on purpose. One that
 * does not serve may go.
 */
export function podDisruptionBudgetSpec({
  name,
}: ServiceWorkload): ManifestOf<k8s.types.input.policy.v1.PodDisruptionBudget> {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace: servicesNamespace },
    spec: {
      maxUnavailable: 0,
      selector: { matchLabels: selector(name) },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}

/** @returns undefined for a service that needs no scripts */
export function scriptsSpec({
  name,
  scripts,
}: ServiceWorkload): ManifestOf<k8s.types.input.core.v1.ConfigMap> | undefined {
  return (
    scripts && {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: scriptsName(name), namespace: servicesNamespace },
      data: { ...scripts },
    }
  );
}

const scriptsName = (name: string): string => `${name}-scripts`;

/**
 * SHA-256 of what the server reads at its start only: another one makes other pods.
 *
 * @param authority PEM, of its certificate: both are of one root, so another root has another
 */
export const startChecksum = ({ scripts = {} }: ServiceWorkload, authority = ""): string =>
  createHash("sha256").update(JSON.stringify(scripts)).update(authority).digest("hex");

const portsOf = ({ port, otherPorts = {} }: ServiceWorkload) =>
  Object.entries({ service: port, ...otherPorts }).map(([name, port]) => ({ name, port }));

const selector = (name: string) => ({ "app.kubernetes.io/name": name });

function podSpec(workload: ServiceWorkload) {
  const { name, image, userId, storage, probe, livenessProbe = probe } = workload;
  const mounts = mountedFolders(workload);
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: workload.stopSeconds ?? 60,
    securityContext: podSecurityContext(userId),
    containers: [
      {
        name,
        image,
        imagePullPolicy: "IfNotPresent",
        ...(workload.command === undefined ? {} : { command: [...workload.command] }),
        ...(workload.args === undefined ? {} : { args: [...workload.args] }),
        ...(workload.env === undefined ? {} : { env: [...workload.env] }),
        ports: portsOf(workload).map(({ name, port }) => ({ name, containerPort: port, protocol: "TCP" })),
        resources: workload.resources,
        startupProbe: {
          ...probe,
          periodSeconds: 2,
          failureThreshold: Math.ceil((workload.startSeconds ?? 120) / 2),
          timeoutSeconds: 5,
        },
        readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
        livenessProbe: { ...livenessProbe, periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 5 },
        terminationMessagePolicy: "FallbackToLogsOnError",
        securityContext: containerSecurityContext(),
        volumeMounts: [{ name: "data", mountPath: storage.mountPath }, ...mounts.map(({ mount }) => mount)],
      },
    ],
    volumes: mounts.map(({ volume }) => volume),
  };
}

/** Mounts besides the volume with the data. */
function mountedFolders({ name, scripts, secretFiles = [], writable }: ServiceWorkload) {
  return [
    ...(scripts === undefined
      ? []
      : [mounted("scripts", scriptsFolder, { configMap: { name: scriptsName(name) } }, true)]),
    ...secretFiles.map(({ secret, keys, folder }) => {
      const items = keys.map((key) => ({ key, path: key }));
      // Root's, and readable by the group that fsGroup gives it: what PostgreSQL asks of a private key.
      return mounted(secret, folder, { secret: { secretName: secret, defaultMode: 0o440, items } }, true);
    }),
    ...writable.map((folder, index) =>
      mounted(`writable-${index}`, folder, { emptyDir: { sizeLimit: "256Mi" } }, false),
    ),
  ];
}

const mounted = <Source extends object>(
  name: string,
  mountPath: string,
  source: Source,
  readOnly: boolean,
) => ({
  mount: { name, mountPath, ...(readOnly ? { readOnly } : {}) },
  volume: { name, ...source },
});

/** An environment variable from the administrator's Secret. */
export const secretVariable = (service: string, name: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: adminSecretName(service), key } },
});
