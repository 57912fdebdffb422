import type * as k8s from "@pulumi/kubernetes";
import { stringify } from "yaml";
import { type ManifestOf, replaceUnready, skipAwait } from "../../kubernetesObject.ts";
import { annotationKeys, managedBy, managedByLabel } from "../../labels.ts";
import { containerSecurityContext, podSecurityContext } from "../../podSecurity.ts";
import { userIds } from "../../userIds.ts";
import { edgeNames } from "./names.ts";
import type { GatewaySettings } from "./settings.ts";

const labels = { [managedByLabel]: managedBy };
const selector = { "app.kubernetes.io/name": edgeNames.controller };

/** Two, so that a proxy which starts while one of them is away gets its configuration. One leads. */
const replicas = 2;

/** Ports of the controller: its configuration of proxies by xDS, and its figures. */
export const controllerPorts = { grpc: 18_000, wasm: 18_002, metrics: 19_001 } as const;

const healthPort = 8081;
const configKey = "envoy-gateway.yaml";
const metadata = (name: string, namespace: string) => ({ name, namespace, labels });

/** The controller's own configuration. It watches the edge's namespace alone. */
export function controllerConfig(namespace: string, { images }: GatewaySettings): object {
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyGateway",
    gateway: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
    provider: {
      type: "Kubernetes",
      kubernetes: {
        watch: { type: "Namespaces", namespaces: [namespace] },
        shutdownManager: { image: images.controller },
        // Needs a webhook, and rights over pods.
        proxyTopologyInjector: { disabled: true },
      },
    },
    // Backends by address: tenants' Services are in other namespaces, which the controller may not read.
    extensionApis: { enableBackend: true },
  };
}

export function controllerConfigSpec(
  namespace: string,
  settings: GatewaySettings,
): ManifestOf<k8s.types.input.core.v1.ConfigMap> {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(edgeNames.controller, namespace),
    data: { [configKey]: stringify(controllerConfig(namespace, settings)) },
  };
}

/** The address that proxies ask for their configuration. */
export function controllerServiceSpec(namespace: string): ManifestOf<k8s.types.input.core.v1.Service> {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata(edgeNames.controller, namespace), annotations: { ...skipAwait } },
    spec: {
      selector,
      ports: Object.entries(controllerPorts).map(([name, port]) => ({ name, port, targetPort: port })),
    },
  };
}

/**
 * The Job that makes the certificates by which controller and proxies know each other, where they are not there yet. Another
 * image is another Job.
 */
export function certificatesJobSpec(
  namespace: string,
  { images }: GatewaySettings,
): ManifestOf<k8s.types.input.batch.v1.Job> {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata(edgeNames.certificates, namespace), annotations: { ...replaceUnready } },
    spec: {
      backoffLimit: 3,
      template: {
        spec: {
          ...podOf(edgeNames.certificates),
          restartPolicy: "Never",
          containers: [
            {
              ...containerOf(images.controller),
              command: ["envoy-gateway", "certgen", "--disable-topology-injector"],
              resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
            },
          ],
        },
      },
    },
  };
}

/** @param checksum of the configuration, which the controller reads at its start only */
export function controllerDeploymentSpec(
  namespace: string,
  { images }: GatewaySettings,
  checksum: string,
): ManifestOf<k8s.types.input.apps.v1.Deployment> {
  const probe = (path: string) => ({ httpGet: { path, port: healthPort } });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(edgeNames.controller, namespace),
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector, annotations: { [annotationKeys.configChecksum]: checksum } },
        spec: {
          ...podOf(edgeNames.controller),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: selector },
            },
          ],
          containers: [
            {
              ...containerOf(images.controller),
              command: ["envoy-gateway", "server", `--config-path=/config/${configKey}`],
              ports: Object.entries(controllerPorts).map(([name, containerPort]) => ({
                name,
                containerPort,
              })),
              startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 60 },
              livenessProbe: { ...probe("/healthz"), periodSeconds: 20 },
              readinessProbe: { ...probe("/readyz"), periodSeconds: 5 },
              // 0.6 GiB at the most with 1,000 tenants: docs/edge.md.
              resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
              volumeMounts: [
                { name: "config", mountPath: "/config", readOnly: true },
                { name: "certificates", mountPath: "/certs", readOnly: true },
                { name: "cache", mountPath: "/var/lib/eg/wasm" },
              ],
            },
          ],
          volumes: [
            { name: "config", configMap: { name: edgeNames.controller } },
            { name: "certificates", secret: { secretName: edgeNames.controller } },
            { name: "cache", emptyDir: { sizeLimit: "64Mi" } },
          ],
        },
      },
    },
  };
}

const podOf = (serviceAccountName: string) => ({
  serviceAccountName,
  automountServiceAccountToken: true,
  securityContext: podSecurityContext(userIds.edge),
});

const containerOf = (image: string) => ({
  name: edgeNames.controller,
  image,
  env: [
    { name: "ENVOY_GATEWAY_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
    { name: "KUBERNETES_CLUSTER_DOMAIN", value: "cluster.local" },
  ],
  securityContext: containerSecurityContext(),
});
