import { objectStorePort } from "../objectStore.ts";
import type { InClusterSettings } from "./settings.ts";
import { type ServiceWorkload, secretVariable } from "./workload.ts";

const name = "object-store";

/** No bucket's name may begin so. */
const healthPath = "/_/health";

export const objectStoreKeyId = "openclaw-admin";
export const bucketName = "openclaw";

/** An S3 server over a plain file system: every object is a file of its name. */
export function objectStoreWorkload(
  { storageClass, objectStore }: InClusterSettings,
  image: string,
): ServiceWorkload {
  return {
    name,
    image,
    port: objectStorePort,
    userId: 1000,
    args: ["--port", `:${objectStorePort}`, "--health", healthPath, "posix", "/buckets"],
    env: [
      secretVariable(name, "ROOT_ACCESS_KEY", "accessKeyId"),
      secretVariable(name, "ROOT_SECRET_KEY", "secretAccessKey"),
    ],
    // A folder below the root is a bucket: the volume is mounted as the one there is.
    storage: { sizeGiB: objectStore.storageGiB, class: storageClass, mountPath: `/buckets/${bucketName}` },
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    probe: { httpGet: { path: healthPath, port: objectStorePort } },
    writable: ["/tmp"],
  };
}
