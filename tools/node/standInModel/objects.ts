import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { managedBy } from "../../../components/labels.ts";
import { containerSecurityContext, podSecurityContext } from "../../../components/podSecurity.ts";
import { nodeKindLabel } from "../place.ts";

/** Where Pulumi.dev.yaml says that the model gateway is. */
export const standInPlace = { namespace: "openclaw-models", service: "model-gateway", port: 4000 } as const;

/** In the pod, where no package.json says that it is a module. */
const program = "server.mts";
const userId = 1000;

/**
 * The stand-in model of a real node as a Deployment with a Service: server.ts beside this file. Gone as soon as the
 * program brings a model gateway.
 *
 * @param image one with Node, which runs TypeScript as it is: the tenants' own, because the node has it already
 */
export function standInModelObjects(image: string): object {
  const { namespace, service: name, port } = standInPlace;
  const text = readFileSync(join(import.meta.dirname, "server.ts"), "utf8");
  const labels = { "app.kubernetes.io/name": "stand-in-model", "app.kubernetes.io/managed-by": managedBy };
  const metadata = { name, namespace, labels };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
          name: namespace,
          labels: {
            "app.kubernetes.io/managed-by": managedBy,
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "latest",
          },
        },
      },
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { [program]: text } },
      { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port }] } },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
          selector: { matchLabels: labels },
          template: {
            // A changed program is another pod.
            metadata: { labels, annotations: { checksum: createHash("sha256").update(text).digest("hex") } },
            spec: podSpec(image, port),
          },
        },
      },
    ],
  };
}

function podSpec(image: string, port: number): object {
  return {
    nodeSelector: { [nodeKindLabel]: "real" },
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurityContext(userId),
    containers: [
      {
        name: "model",
        image,
        imagePullPolicy: "IfNotPresent",
        command: ["node", `/program/${program}`],
        env: [{ name: "PORT", value: `${port}` }],
        ports: [{ containerPort: port }],
        readinessProbe: { httpGet: { path: "/healthz", port }, periodSeconds: 1 },
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
        securityContext: containerSecurityContext(),
        volumeMounts: [{ name: "program", mountPath: "/program", readOnly: true }],
      },
    ],
    volumes: [{ name: "program", configMap: { name: standInPlace.service } }],
  };
}
