import { expect, test } from "vitest";
import { existingCluster } from "../../components/cluster/existing.ts";
import { clusterSpec, operatorNetworkPolicySpec } from "../../components/services/inCluster/cloudNativePg.ts";
import { inClusterSettingsSchema } from "../../components/services/inCluster/settings.ts";
import { createServices } from "../../components/services/index.ts";
import { devOwner } from "../fixtures/owner.ts";
import { plain, recordRegistrations } from "../fixtures/program.ts";

const settingsOf = (database: object) => inClusterSettingsSchema.safeParse({ kind: "inCluster", database });
const settings = inClusterSettingsSchema.parse({
  kind: "inCluster",
  database: { operator: "cloudNativePg", memoryMiB: 2048 },
});

test("an operator's cluster has the walls of our own server, and its settings but for what is the operator's", () => {
  expect(clusterSpec(settings).spec).toMatchObject({
    instances: 3,
    postgresql: {
      parameters: {
        shared_buffers: "512MB",
        password_encryption: "scram-sha-256",
        log_min_error_statement: "panic",
        max_prepared_transactions: "0",
        ssl_min_protocol_version: "TLSv1.2",
      },
      pg_hba: [
        "hostssl all openclaw_admin all scram-sha-256",
        "hostssl samerole all all scram-sha-256",
        "host all all all reject",
      ],
    },
  });
  const { postgresql } = clusterSpec(settings).spec as { postgresql: { parameters: Record<string, string> } };
  for (const name of ["ssl", "wal_level", "max_wal_senders", "listen_addresses", "logging_collector"]) {
    expect(postgresql.parameters).not.toHaveProperty(name);
  }
});

test("the operator gets in from its own namespace alone", () => {
  expect(operatorNetworkPolicySpec(settings).spec).toMatchObject({
    podSelector: { matchLabels: { "cnpg.io/cluster": "database" } },
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "cnpg-system" } } }],
        ports: [{ port: 8000 }, { port: 5432 }],
      },
    ],
  });
});

test("an instance gets out to the API server, wherever that listens", () => {
  const portsOf = (database: object) => {
    const { data } = settingsOf({ operator: "cloudNativePg", ...database });
    return data && operatorNetworkPolicySpec(data).spec?.egress;
  };
  expect(portsOf({})).toMatchObject([{ ports: [{ port: 443 }, { port: 6443 }] }]);
  expect(portsOf({ apiServerPort: 60_002 })).toMatchObject([{ ports: [{ port: 60_002 }] }]);
});

test("it stands in the StatefulSet's place, under the name of whichever instance takes writes", async () => {
  const { registrations, result } = await recordRegistrations("dev", {}, () => {
    const cluster = existingCluster({ kind: "existing", name: "cluster", context: "context" });
    return createServices("services", settings, { cluster, owner: devOwner }, {});
  });
  expect(await plain(result)).toMatchObject({
    database: { host: "database-rw.openclaw-services.svc", tls: true, adminSecret: "database-admin" },
  });
  const named = (name: string) => registrations.filter((registration) => registration.name === name);
  expect(named("services-database")).toMatchObject([
    { type: "kubernetes:postgresql.cnpg.io/v1:Cluster", protect: true, retainOnDelete: true },
  ]);
  expect(named("services-database-admin")).toMatchObject([{ inputs: { type: "kubernetes.io/basic-auth" } }]);
  expect(named("services-database-rw-tls")).toHaveLength(1);
});

test("what only an operator understands is refused without one", () => {
  expect(settingsOf({ instances: 3 }).error?.message).toContain(
    "instances, operatorImage and apiServerPort need an operator",
  );
  expect(settingsOf({ operator: "cloudNativePg", instances: 3 }).success).toBe(true);
});
