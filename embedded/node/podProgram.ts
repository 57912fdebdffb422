import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { managedBy } from "../../components/labels.ts";
import { containerSecurityContext, podSecurityContext } from "../../components/podSecurity.ts";
import { nodeKindLabel } from "./place.ts";

/** A program of one file that runs on a real node. It listens on the port that `PORT` says. */
export interface PodProgram {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** TypeScript that imports nothing but Node's own modules. */
  readonly file: string;
}

/** The program's file name in the pod, which says that it is a module: there is no package.json. */
const mounted = "program.mts";

const userId = 1000;

/**
 * The program as a Deployment with a Service, as restricted as a tenant's pod.
 *
 * @param image one with Node, which runs TypeScript as it is: the tenants' own, because the node has that already
 */
export function podProgramObjects({ name, namespace, port, file }: PodProgram, image: string): object[] {
  const text = readFileSync(file, "utf8");
  const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": managedBy };
  const metadata = { name, namespace, labels };
  // A changed program is another pod.
  const annotations = { "openclaw.ai/program": createHash("sha256").update(text).digest("hex") };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { [mounted]: text } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port }] } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations }, spec: podSpec(name, port, image) },
      },
    },
  ];
}

function podSpec(name: string, port: number, image: string): object {
  return {
    nodeSelector: { [nodeKindLabel]: "real" },
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // They keep nothing, and the first process of a container is deaf to signals that it does not ask for.
    terminationGracePeriodSeconds: 0,
    securityContext: podSecurityContext(userId),
    containers: [
      {
        name: "program",
        image,
        imagePullPolicy: "IfNotPresent",
        command: ["node", `/program/${mounted}`],
        env: [{ name: "PORT", value: `${port}` }],
        readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
        securityContext: containerSecurityContext(),
        volumeMounts: [{ name: "program", mountPath: "/program", readOnly: true }],
      },
    ],
    volumes: [{ name: "program", configMap: { name } }],
  };
}
