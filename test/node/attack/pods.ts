/** Namespace of pods that are nobody's of ours. */
export const strangerNamespace = "attack-stranger";

/** Canaries: who reads one has been where it is. */
export const canaries = {
  edge: "canary-of-the-edge",
  models: "canary-of-the-model-gateway",
  services: "canary-of-the-services",
  stranger: "canary-of-a-stranger",
  node: "canary-of-the-node",
  file: "canary-in-the-neighbours-volume",
} as const;

/** Pods beside the two tenants, each with what it serves: `address:port`. */
export const surroundings = {
  edge: { namespace: "openclaw-edge", serves: ["0.0.0.0:8080"] },
  models: { namespace: "openclaw-models", serves: ["0.0.0.0:4000", "0.0.0.0:4001"] },
  services: { namespace: "openclaw-services", serves: ["0.0.0.0:5432"] },
  stranger: { namespace: strangerNamespace, serves: ["0.0.0.0:8080"] },
  // In the node's own network: its read-only port, etcd's, and what answers at metadata addresses in clouds.
  node: { namespace: strangerNamespace, serves: ["0.0.0.0:10255", "0.0.0.0:2379", "0.0.0.0:80"] },
} as const;

export type Surrounding = keyof typeof surroundings;

export const podName = (place: Surrounding): string => `attack-${place}`;

/** @param image one that the node has */
export function surroundingPod(place: Surrounding, image: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: podName(place), namespace: surroundings[place].namespace },
    spec: {
      nodeSelector: { "openclaw.ai/node": "real" },
      terminationGracePeriodSeconds: 0,
      enableServiceLinks: false,
      ...(place === "node" ? withoutWalls(image) : asTenants(image, place === "stranger")),
    },
  };
}

/** As restricted as a tenant's; a stranger has a token of its ServiceAccount. */
function asTenants(image: string, token: boolean): object {
  return {
    automountServiceAccountToken: token,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        ...idle(image),
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }],
  };
}

/** The opposite: root with every capability, in the node's network and among its processes. */
function withoutWalls(image: string): object {
  return {
    hostNetwork: true,
    hostPID: true,
    containers: [
      {
        ...idle(image),
        securityContext: { privileged: true, runAsUser: 0 },
        volumeMounts: [{ name: "containerd", mountPath: "/run/containerd" }],
      },
    ],
    volumes: [{ name: "containerd", hostPath: { path: "/run/containerd" } }],
  };
}

const idle = (image: string) => ({
  name: "main",
  image,
  imagePullPolicy: "IfNotPresent",
  command: ["sleep", "infinity"],
});
