import type * as k8s from "@pulumi/kubernetes";
import { type ManifestOf, skipAwait } from "../../kubernetesObject.ts";
import { containerSecurityContext, podSecurityContext } from "../../podSecurity.ts";
import { adminSecretName } from "../adminSecret.ts";
import { servicesNamespace } from "../servicesNamespace.ts";

type StatefulSet = ManifestOf<k8s.types.input.apps.v1.StatefulSet>;
type Container = NonNullable<
  NonNullable<NonNullable<NonNullable<StatefulSet["spec"]>["template"]>["spec"]>["containers"]
>[number];

/** What differs between one service and the next. */
export interface ServiceWorkload {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  /** uid and gid that the image's files belong to. */
  readonly userId: number;
  readonly storage: {
    readonly sizeGiB: number;
    readonly class: string | undefined;
    readonly mountPath: string;
  };
  readonly resources: NonNullable<Container["resources"]>;
  readonly probe: Pick<NonNullable<Container["readinessProbe"]>, "exec" | "httpGet" | "tcpSocket">;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly NonNullable<Container["env"]>[number][];
  /** Key of the administrator's Secret that is mounted as a file of that name, and the folder it is in. */
  readonly secretFile?: { readonly key: string; readonly folder: string };
  /** Folders besides the volume that the process writes to. */
  readonly writable: readonly string[];
}

/** One replica under the restricted Pod Security Standard, with a root file system that nobody writes to. */
export function statefulSetSpec(workload: ServiceWorkload): StatefulSet {
  const { name, storage } = workload;
  const labels = selector(name);
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace: servicesNamespace },
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: labels },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      template: { metadata: { labels }, spec: podSpec(workload) },
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            ...(storage.class === undefined ? {} : { storageClassName: storage.class }),
            resources: { requests: { storage: `${storage.sizeGiB}Gi` } },
          },
        },
      ],
    },
  };
}

/** Headless: a client finds the one pod by the Service's name. */
export function serviceSpec({ name, port }: ServiceWorkload): ManifestOf<k8s.types.input.core.v1.Service> {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace: servicesNamespace,
      annotations: skipAwait,
    },
    spec: { clusterIP: "None", selector: selector(name), ports: [{ name: "service", port }] },
  };
}

const selector = (name: string) => ({ "app.kubernetes.io/name": name });

function podSpec(workload: ServiceWorkload) {
  const { name, image, port, userId, storage, secretFile, probe } = workload;
  const secretMount = secretFile && [{ name: "secret", mountPath: secretFile.folder, readOnly: true }];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 60,
    securityContext: podSecurityContext(userId),
    containers: [
      {
        name,
        image,
        imagePullPolicy: "IfNotPresent",
        ...(workload.command === undefined ? {} : { command: [...workload.command] }),
        ...(workload.args === undefined ? {} : { args: [...workload.args] }),
        ...(workload.env === undefined ? {} : { env: [...workload.env] }),
        ports: [{ name: "service", containerPort: port, protocol: "TCP" }],
        resources: workload.resources,
        startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 5 },
        readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
        livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 5 },
        securityContext: containerSecurityContext(),
        volumeMounts: [
          { name: "data", mountPath: storage.mountPath },
          ...(secretMount ?? []),
          ...workload.writable.map((mountPath, index) => ({ name: `writable-${index}`, mountPath })),
        ],
      },
    ],
    volumes: [
      ...(secretFile === undefined
        ? []
        : [
            {
              name: "secret",
              secret: {
                secretName: adminSecretName(name),
                items: [{ key: secretFile.key, path: secretFile.key }],
              },
            },
          ]),
      ...workload.writable.map((_, index) => ({
        name: `writable-${index}`,
        emptyDir: { sizeLimit: "256Mi" },
      })),
    ],
  };
}

/** An environment variable from the administrator's Secret. */
export const secretVariable = (service: string, name: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: adminSecretName(service), key } },
});
