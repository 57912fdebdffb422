import { databaseAdmin, databaseName, postgresPort } from "../database.ts";
import type { InClusterSettings } from "./settings.ts";
import { type ServiceWorkload, secretVariable } from "./workload.ts";

const name = "database";
const volume = "/var/lib/postgresql/data";

export function databaseWorkload(
  { storageClass, database }: InClusterSettings,
  image: string,
): ServiceWorkload {
  return {
    name,
    image,
    port: postgresPort,
    // `postgres` of the Debian images.
    userId: 999,
    env: [
      { name: "POSTGRES_USER", value: databaseAdmin },
      { name: "POSTGRES_DB", value: databaseName },
      secretVariable(name, "POSTGRES_PASSWORD", "password"),
      // Below the volume's root, which holds lost+found and belongs to root.
      { name: "PGDATA", value: `${volume}/pgdata` },
    ],
    storage: { sizeGiB: database.storageGiB, class: storageClass, mountPath: volume },
    resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "2", memory: "1Gi" } },
    probe: {
      exec: { command: ["pg_isready", "--quiet", "--username", databaseAdmin, "--dbname", databaseName] },
    },
    writable: ["/tmp", "/var/run/postgresql"],
  };
}
