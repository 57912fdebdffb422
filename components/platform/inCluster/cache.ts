import { adminSecretName } from "../adminSecret.ts";
import { redisPort } from "../cache.ts";
import type { InClusterSettings } from "./settings.ts";
import type { ServiceWorkload } from "./workload.ts";

const name = "cache";
const volume = "/data";
const configuration = { key: "valkey.conf", folder: "/etc/valkey" } as const;

export function cacheWorkload({ storageClass, cache }: InClusterSettings, image: string): ServiceWorkload {
  // Saving forks: in the worst case every page is copied while it lasts.
  const limitMiB = cache.memoryMiB * 2;
  return {
    name,
    image,
    port: redisPort,
    // `valkey` of the image.
    userId: 999,
    command: ["valkey-server", `${configuration.folder}/${configuration.key}`],
    secretFiles: [{ secret: adminSecretName(name), keys: [configuration.key], folder: configuration.folder }],
    storage: {
      sizeGiB: Math.max(1, Math.ceil((cache.memoryMiB * 3) / 1024)),
      class: storageClass,
      mountPath: volume,
    },
    resources: {
      requests: { cpu: "100m", memory: `${cache.memoryMiB}Mi` },
      limits: { cpu: "1", memory: `${limitMiB}Mi` },
    },
    probe: { tcpSocket: { port: redisPort } },
    writable: [],
  };
}

/** In a file, not on the command line, where every process of the node could read the password. */
export function cacheConfiguration({ cache }: InClusterSettings, password: string): string {
  return [
    `port ${redisPort}`,
    `requirepass ${password}`,
    `dir ${volume}`,
    `maxmemory ${cache.memoryMiB}mb`,
    // A full cache refuses writes: it holds counters and sessions, which must not vanish.
    "maxmemory-policy noeviction",
    "appendonly yes",
    "",
  ].join("\n");
}
