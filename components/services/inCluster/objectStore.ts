import { join } from "node:path";
import { scriptFile } from "../../scriptFile.ts";
import { userIds } from "../../userIds.ts";
import { objectStoreAdminPort, objectStorePort } from "../objectStore.ts";
import type { InClusterSettings } from "./settings.ts";
import { type ServiceWorkload, scriptsFolder, secretVariable } from "./workload.ts";

export const objectStoreService = "object-store";
export const objectStoreKeyId = "openclaw-admin";

/** No bucket's name may begin so: objectStore/start.sh. */
const healthPath = "/_/health";

const volume = "/data";
const certificates = "/tls";

/**
 * An S3 server over a plain file system: every object is a file of its name. Nothing limits how much of the volume one
 * tenant takes, and the accounts' secret keys are on it in the clear, as every server's that checks S3's signatures.
 *
 * @param tlsSecret Secret with the server's certificate: `tls.crt`, `tls.key`
 */
export function objectStoreWorkload(
  { storageClass, objectStore }: InClusterSettings,
  image: string,
  tlsSecret: string,
): ServiceWorkload {
  return {
    name: objectStoreService,
    image,
    port: objectStorePort,
    otherPorts: { admin: objectStoreAdminPort },
    userId: userIds.objectStore,
    command: ["sh", "-eu", `${scriptsFolder}/start.sh`],
    scripts: objectStoreScripts(),
    secretFiles: [{ secret: tlsSecret, keys: ["tls.crt", "tls.key"], folder: certificates }],
    env: [
      { name: "DATA", value: volume },
      { name: "CERTIFICATES", value: certificates },
      { name: "PORT", value: `${objectStorePort}` },
      { name: "ADMIN_PORT", value: `${objectStoreAdminPort}` },
      secretVariable(objectStoreService, "ROOT_ACCESS_KEY", "accessKeyId"),
      secretVariable(objectStoreService, "ROOT_SECRET_KEY", "secretAccessKey"),
    ],
    storage: { sizeGiB: objectStore.storageGiB, class: storageClass, mountPath: volume },
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    probe: { httpGet: { path: healthPath, port: objectStorePort, scheme: "HTTPS" } },
    writable: ["/tmp"],
  };
}

/** The server's start script and configuration, by file name. */
export const objectStoreScripts = (): Readonly<Record<string, string>> => ({
  "start.sh": scriptFile(join(import.meta.dirname, "objectStore"), "start.sh"),
});
