import { join } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import type { Manifest, ManifestOf } from "../../kubernetesObject.ts";
import { scriptFile } from "../../scriptFile.ts";
import { adminSecretName, tlsSecretName } from "../adminSecret.ts";
import { databaseAdmin, databaseName, postgresPort } from "../database.ts";
import { servicesNamespace } from "../namespace.ts";
import { memorySettings } from "./database/memory.ts";
import type { InClusterSettings } from "./settings.ts";

const cluster = "database";

/** The Service of whichever instance takes writes, which the operator makes. */
export const writableService = `${cluster}-rw`;

/** The image of the operator's own project, with pgvector: https://github.com/cloudnative-pg/postgres-containers#standard-images */
const defaultImage = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-bookworm";

/** The namespace that the operator's manifests and its chart use. */
const operatorNamespace = "cnpg-system";

/** The port that the operator asks instances on how they are. */
const statusPort = 8000;

/**
 * PostgreSQL by CloudNativePG: the same database, administrator, certificate and isolation as of the StatefulSet.
 * https://cloudnative-pg.io/docs/1.30/cloudnative-pg.v1/
 */
export function clusterSpec({ storageClass, database }: InClusterSettings): Manifest & { spec: object } {
  const { cpu, memoryMiB, storageGiB, instances = 3, operatorImage = defaultImage } = database;
  const admin = { name: adminSecretName(cluster) };
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: {
      name: cluster,
      namespace: servicesNamespace,
      // Tenants' Jobs want a database, not the promise of one.
      annotations: { "pulumi.com/waitFor": "condition=Ready" },
    },
    spec: {
      instances,
      imageName: operatorImage,
      bootstrap: {
        initdb: {
          database: databaseName,
          owner: databaseAdmin,
          secret: admin,
          dataChecksums: true,
          encoding: "UTF8",
          locale: "C.UTF-8",
          localeProvider: "builtin",
          builtinLocale: "C.UTF-8",
        },
      },
      managed: {
        roles: [
          {
            name: databaseAdmin,
            ensure: "present",
            login: true,
            superuser: true,
            createdb: true,
            createrole: true,
            passwordSecret: admin,
          },
        ],
      },
      certificates: {
        serverCASecret: tlsSecretName(writableService),
        serverTLSSecret: tlsSecretName(writableService),
      },
      postgresql: {
        parameters: { ...ownParameters(), ...memorySettings(memoryMiB) },
        // The operator's own lines stand before these; what it adds after them lets in everybody with a password.
        pg_hba: [...ownAccess(), "host all all all reject"],
      },
      storage: {
        size: `${storageGiB}Gi`,
        ...(storageClass === undefined ? {} : { storageClass }),
      },
      resources: {
        requests: { cpu: `${cpu / 4}`, memory: `${memoryMiB}Mi` },
        limits: { cpu: `${cpu}`, memory: `${memoryMiB}Mi` },
      },
      enablePDB: true,
      primaryUpdateStrategy: "unsupervised",
    },
  };
}

/** Instances tell the API server and their operator how they are; nothing else in the namespace may. */
export function operatorNetworkPolicySpec({
  database: { apiServerPort },
}: InClusterSettings): ManifestOf<k8s.types.input.networking.v1.NetworkPolicy> {
  const tcp = (port: number) => ({ protocol: "TCP", port });
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "database-operator", namespace: servicesNamespace },
    spec: {
      podSelector: { matchLabels: { "cnpg.io/cluster": cluster } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": operatorNamespace } } },
          ],
          ports: [tcp(statusPort), tcp(postgresPort)],
        },
      ],
      // Its address is not known to policies: a Service's is replaced by the API server's own before they look.
      egress: [{ ports: apiServerPort === undefined ? [tcp(443), tcp(6443)] : [tcp(apiServerPort)] }],
    },
  };
}

const folder = join(import.meta.dirname, "database");
const linesOf = (name: string): string[] =>
  scriptFile(folder, name)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

/** The lines of pg_hba.conf, without those of the socket, which the operator writes. */
const ownAccess = (): string[] =>
  linesOf("pg_hba.conf")
    .filter((line) => line.startsWith("hostssl"))
    .map((line) => line.split(/\s+/).join(" "));

/** Parameters that the operator sets itself, or needs for its replicas. */
const operatorParameters = [
  ...["include", "allow_alter_system", "listen_addresses", "ssl", "log_destination", "logging_collector"],
  ...["wal_level", "max_wal_senders", "max_replication_slots", "max_logical_replication_workers"],
];

/** The parameters of postgresql.conf: `name = value` or `name = 'value'`. */
function ownParameters(): Readonly<Record<string, string>> {
  const parameters = linesOf("postgresql.conf").flatMap((line) => {
    const [, name, value] = /^(\w+) = '?([^']*)'?$/.exec(line) ?? [];
    return name === undefined || value === undefined || operatorParameters.includes(name)
      ? []
      : [[name, value] as const];
  });
  return Object.fromEntries(parameters);
}
