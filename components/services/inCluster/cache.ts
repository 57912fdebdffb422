import { createHash } from "node:crypto";
import { join } from "node:path";
import { mebibytes } from "../../quantities.ts";
import { scriptFile } from "../../scriptFile.ts";
import { userIds } from "../../userIds.ts";
import { adminSecretName } from "../adminSecret.ts";
import { redisPort } from "../cache.ts";
import type { InClusterSettings } from "./settings.ts";
import { type ServiceWorkload, scriptsFolder } from "./workload.ts";

export const cacheService = "cache";

/** The name of the account that scripts and the platform itself use. */
export const cacheAdmin = "openclaw-admin";

const volume = "/data";
const administrator = "/administrator";
const certificates = "/tls";

/**
 * Valkey 8, started by a script of ours in any image that has its programs on PATH.
 *
 * @param tlsSecret Secret with the server's certificate: `tls.crt`, `tls.key`, `ca.crt`
 */
export function cacheWorkload(
  { storageClass, cache: { memoryMiB } }: InClusterSettings,
  image: string,
  tlsSecret: string,
): ServiceWorkload {
  return {
    name: cacheService,
    image,
    port: redisPort,
    // `valkey` of the official image.
    userId: userIds.cache,
    command: ["sh", "-eu", `${scriptsFolder}/start.sh`],
    scripts: cacheScripts(),
    secretFiles: [
      { secret: adminSecretName(cacheService), keys: [accountsFile], folder: administrator },
      { secret: tlsSecret, keys: ["tls.crt", "tls.key", "ca.crt"], folder: certificates },
    ],
    env: Object.entries({
      DATA: volume,
      ADMINISTRATOR: administrator,
      CERTIFICATES: certificates,
      PORT: `${redisPort}`,
      MEMORY_MIB: `${memoryMiB}`,
    }).map(([name, value]) => ({ name, value })),
    storage: {
      // The log of changes, twice as large before it is rewritten, and beside it what it is rewritten to.
      sizeGiB: Math.max(2, Math.ceil((memoryMiB * 4) / 1024)),
      class: storageClass,
      mountPath: volume,
    },
    resources: {
      requests: { cpu: "100m", memory: mebibytes(memoryMiB) },
      // Rewriting the log forks: in the worst case every page is copied while it lasts.
      limits: { cpu: "1", memory: mebibytes(Math.ceil(memoryMiB * 2.5)) },
    },
    probe: ping("PONG"),
    // While it reads the log after a start it answers so; starting it anew would begin that again.
    livenessProbe: ping("PONG|LOADING"),
    startSeconds: 600,
    writable: [],
  };
}

/** A probe by an account without a password that may do nothing else. @param answers regular expression */
const ping = (answers: string) => ({
  exec: {
    command: [
      "sh",
      "-c",
      `valkey-cli --tls --cacert ${certificates}/ca.crt -p ${redisPort} --user probe --pass probe ` +
        `--no-auth-warning ping | grep -qE '${answers}'`,
    ],
  },
});

const folder = join(import.meta.dirname, "cache");

/** The server's start script and configuration, by file name. */
export const cacheScripts = (): Readonly<Record<string, string>> =>
  Object.fromEntries(["start.sh", "valkey.conf"].map((name) => [name, scriptFile(folder, name)]));

const accountsFile = "accounts.acl";

/** The administrator's Secret. The server is told the password's hash; who does not log in may do nothing. */
export const cacheAdministrator = (password: string): Readonly<Record<string, string>> => ({
  username: cacheAdmin,
  password,
  [accountsFile]: [
    "user default reset off",
    `user ${cacheAdmin} reset on #${createHash("sha256").update(password).digest("hex")} ~* &* +@all`,
    "user probe reset on nopass +ping",
    "",
  ].join("\n"),
});
