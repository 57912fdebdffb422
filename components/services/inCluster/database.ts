import { join } from "node:path";
import { cores, mebibytes } from "../../quantities.ts";
import { scriptFile } from "../../scriptFile.ts";
import { userIds } from "../../userIds.ts";
import { adminSecretName } from "../adminSecret.ts";
import { databaseName, postgresPort } from "../database.ts";
import { memorySettings, sessionMemoryKib } from "./database/memory.ts";
import type { InClusterSettings } from "./settings.ts";
import { type ServiceWorkload, scriptsFolder } from "./workload.ts";

export const databaseService = "database";

const volume = "/var/lib/postgresql/data";
const socket = "/var/run/postgresql";
const administrator = "/administrator";
const certificates = "/tls";

/**
 * PostgreSQL 17, started by a script of ours in any image that has its programs on PATH.
 *
 * @param tlsSecret Secret with the server's certificate: `tls.crt`, `tls.key`
 */
export function databaseWorkload(
  { storageClass, database }: InClusterSettings,
  image: string,
  tlsSecret: string,
): ServiceWorkload {
  const { cpu, memoryMiB, storageGiB } = database;
  const isReady = `pg_isready --quiet --host ${socket}`;
  return {
    name: databaseService,
    image,
    port: postgresPort,
    // `postgres` of the Debian images.
    userId: userIds.database,
    command: ["sh", "-eu", `${scriptsFolder}/start.sh`],
    scripts: databaseScripts(database),
    secretFiles: [
      { secret: adminSecretName(databaseService), keys: ["username", "password"], folder: administrator },
      { secret: tlsSecret, keys: ["tls.crt", "tls.key"], folder: certificates },
    ],
    env: Object.entries({
      // Below the volume's root, which holds lost+found and belongs to root.
      PGDATA: `${volume}/pgdata`,
      PGHOST: socket,
      PGPORT: `${postgresPort}`,
      ADMINISTRATOR: administrator,
      CERTIFICATES: certificates,
      DATABASE: databaseName,
      MEMORY_KIB: `${sessionMemoryKib(memoryMiB)}`,
    }).map(([name, value]) => ({ name, value })),
    storage: { sizeGiB: storageGiB, class: storageClass, mountPath: volume },
    resources: {
      requests: { cpu: cores(cpu / 4), memory: mebibytes(memoryMiB) },
      limits: { cpu: cores(cpu), memory: mebibytes(memoryMiB) },
    },
    // Over the socket, which needs neither TLS nor a password to say whether anybody would be let in.
    probe: { exec: { command: ["sh", "-c", isReady] } },
    // 1: it answers and lets nobody in yet, as while it recovers from a crash. Starting it anew would begin that again.
    livenessProbe: { exec: { command: ["sh", "-c", `${isReady} || [ $? = 1 ]`] } },
    startSeconds: 900,
    // To write out what shared memory holds.
    stopSeconds: 180,
    writable: ["/tmp", socket],
  };
}

const folder = join(import.meta.dirname, "database");
const fixed = ["start.sh", "postgresql.conf", "pg_hba.conf"];

/** The server's start script and configuration, by file name. */
export function databaseScripts({
  memoryMiB,
}: {
  readonly memoryMiB: number;
}): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(fixed.map((name) => [name, scriptFile(folder, name)])),
    "memory.conf": Object.entries(memorySettings(memoryMiB))
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(""),
  };
}
