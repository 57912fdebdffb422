import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeKindLabel } from "../../../tools/node/place.ts";

/** A program of this folder as a Deployment with a Service, where the platform's facts say that the real one is. */
interface Stub {
  readonly name: string;
  readonly namespace: string;
  readonly program: string;
  readonly port: number;
}

export const stubs = {
  modelProvider: {
    name: "model-gateway",
    namespace: "openclaw-models",
    program: "modelProvider.ts",
    port: 4000,
  },
  edge: { name: "edge", namespace: "openclaw-edge", program: "edge.ts", port: 8080 },
} as const satisfies Record<string, Stub>;

/** @param image one with Node, which runs TypeScript as it is */
export const stubObjects = (image: string): object => ({
  apiVersion: "v1",
  kind: "List",
  items: [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: stubs.modelProvider.namespace } },
    ...Object.values(stubs).flatMap((stub) => objectsOf(stub, image)),
  ],
});

function objectsOf({ name, namespace, program, port }: Stub, image: string): object[] {
  const metadata = { name, namespace, labels: { app: name } };
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { [program]: readFileSync(join(import.meta.dirname, program), "utf8") },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: { app: name }, ports: [{ port }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: podSpec({ name, program, port }, image) },
      },
    },
  ];
}

function podSpec({ name, program, port }: Omit<Stub, "namespace">, image: string): object {
  return {
    nodeSelector: { [nodeKindLabel]: "real" },
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name,
        image,
        command: ["/app/bin/tini", "--", "node", `/stub/${program}`],
        readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "program", mountPath: "/stub", readOnly: true }],
      },
    ],
    volumes: [{ name: "program", configMap: { name } }],
  };
}
