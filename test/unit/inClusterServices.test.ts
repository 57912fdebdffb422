import { beforeAll, describe, expect, test } from "vitest";
import { existingCluster } from "../../components/cluster/existing.ts";
import { databaseWorkload } from "../../components/services/inCluster/database.ts";
import { inClusterSettingsSchema } from "../../components/services/inCluster/settings.ts";
import { CertificateAuthority } from "../../components/services/inCluster/tls.ts";
import { scriptsSpec, startChecksum, statefulSetSpec } from "../../components/services/inCluster/workload.ts";
import { createServices } from "../../components/services/index.ts";
import { fixedRoot } from "../fixtures/mockedOutputs.ts";
import { devOwner } from "../fixtures/owner.ts";
import { type Registration, recordRegistrations } from "../fixtures/program.ts";
import { some } from "../fixtures/some.ts";

const settings = inClusterSettingsSchema.parse({ kind: "inCluster", registry: "mirror.example/hub" });

let registrations: readonly Registration[];

beforeAll(async () => {
  const run = await recordRegistrations("dev", {}, () => {
    const cluster = existingCluster({ kind: "existing", name: "cluster", context: "context" });
    return createServices("services", settings, { cluster, owner: devOwner }, {});
  });
  registrations = run.registrations;
});

interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: readonly { readonly image: string; readonly securityContext: object }[];
}

const ofKind = (kind: string) => registrations.filter(({ inputs }) => inputs.kind === kind);
const podsOf = () =>
  some(ofKind("StatefulSet")).map(
    ({ inputs }) => (inputs as { spec: { template: { spec: PodSpec } } }).spec.template.spec,
  );

test("database, cache and object store are StatefulSets with a Service and an administrator each", () => {
  expect(
    ofKind("StatefulSet")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["services-cache", "services-database", "services-object-store"]);
  expect(ofKind("Service")).toHaveLength(3);
  expect(ofKind("Secret").map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "services-cache-admin",
      "services-database-admin",
      "services-object-store-admin",
    ]),
  );
});

describe("every pod", () => {
  test("runs as an ordinary user under the restricted standard, with nothing to reach the API server with", () => {
    for (const { automountServiceAccountToken, securityContext, containers } of podsOf()) {
      expect(automountServiceAccountToken).toBe(false);
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(containers.map((container) => container.securityContext)).toEqual([
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      ]);
    }
  });

  test("has an image of a fixed version from the registry of the settings", () => {
    const images = podsOf().flatMap(({ containers }) => containers.map(({ image }) => image));
    for (const image of some(images)) {
      expect(image).toMatch(/^mirror\.example\/hub\/[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+/);
    }
  });
});

test("passwords reach the engine as secrets, and no command line", () => {
  for (const { inputs } of some(ofKind("Secret"))) {
    expect(inputs.data).toMatchObject({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    });
  }
  expect(JSON.stringify(ofKind("StatefulSet"))).not.toContain("x".repeat(32));
});

test("no pod is drained away in passing, unless it does not serve", () => {
  const budgets = ofKind("PodDisruptionBudget").map(({ inputs }) => inputs.spec);
  expect(budgets).toHaveLength(3);
  for (const name of ["database", "cache", "object-store"]) {
    expect(budgets).toContainEqual({
      maxUnavailable: 0,
      selector: { matchLabels: { "app.kubernetes.io/name": name } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  }
});

test("another authority starts every server anew: each reads its certificate at its start only", async () => {
  const { certificate } = await CertificateAuthority.of(fixedRoot);
  const workload = databaseWorkload(settings, "registry.example/postgres:17", "database-tls");
  expect(startChecksum(workload, certificate)).not.toBe(startChecksum(workload, "another"));
  const database = ofKind("StatefulSet").find(({ name }) => name === "services-database");
  expect(database?.inputs).toMatchObject({
    spec: {
      template: {
        metadata: { annotations: { "openclaw.ai/config-checksum": startChecksum(workload, certificate) } },
      },
    },
  });
});

test("the namespace, which is protected, depends on all that is random: a refused destroy keeps that", () => {
  const [namespace] = ofKind("Namespace");
  expect(namespace).toMatchObject({
    protect: true,
    dependsOn: [
      "services-cache-admin-password",
      "services-database-admin-password",
      "services-object-store-admin-password",
      "services-tls-root",
    ],
  });
});

describe("a workload's scripts", () => {
  const workload = databaseWorkload(settings, "registry.example/postgres:17", "database-tls");
  const withScripts = (text: string) => ({ ...workload, scripts: { "start.sh": text } });
  const templateOf = (text: string) => statefulSetSpec(withScripts(text)).spec?.template;

  test("are mounted from a ConfigMap that holds them as they are", () => {
    expect(scriptsSpec(withScripts("echo one"))).toMatchObject({
      metadata: { name: "database-scripts", namespace: "openclaw-services" },
      data: { "start.sh": "echo one" },
    });
    expect(templateOf("echo one")?.spec).toMatchObject({
      containers: [
        {
          volumeMounts: expect.arrayContaining([{ name: "scripts", mountPath: "/scripts", readOnly: true }]),
        },
      ],
      volumes: expect.arrayContaining([{ name: "scripts", configMap: { name: "database-scripts" } }]),
    });
  });

  test("start the service anew when they change, and only then", () => {
    expect(templateOf("echo one")).toEqual(templateOf("echo one"));
    expect(templateOf("echo one")?.metadata).not.toEqual(templateOf("echo two")?.metadata);
  });
});

test("a private key is the group's to read and nobody else's", () => {
  const workload = {
    ...databaseWorkload(settings, "registry.example/postgres:17", "database-tls"),
    secretFiles: [{ secret: "database-tls", keys: ["tls.key"], folder: "/tls" }],
  };
  expect(statefulSetSpec(workload).spec?.template.spec?.volumes).toContainEqual({
    name: "database-tls",
    secret: {
      secretName: "database-tls",
      defaultMode: 0o440,
      items: [{ key: "tls.key", path: "tls.key" }],
    },
  });
});

test("volumes outlive their StatefulSet, and the namespace is protected", () => {
  for (const { inputs } of some(ofKind("StatefulSet"))) {
    expect(inputs).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" } },
    });
  }
  expect(ofKind("Namespace")).toMatchObject([{ protect: true, retainOnDelete: true }]);
});

test("tenants get in where they are served, and nobody else from another namespace", () => {
  const policies = Object.fromEntries(ofKind("NetworkPolicy").map(({ name, inputs }) => [name, inputs.spec]));
  expect(policies).toMatchObject({
    "services-network-policy": {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [{ podSelector: {} }] },
        {
          from: [
            {
              namespaceSelector: {
                matchExpressions: [{ key: "openclaw.ai/tenant", operator: "Exists" }],
              },
            },
          ],
          ports: [5432, 6379, 7070].map((port) => ({ protocol: "TCP", port })),
        },
      ],
    },
    // It adds a way out, and none in.
    "services-retire-network-policy": { policyTypes: ["Egress"] },
  });
  expect(Object.keys(policies)).toHaveLength(2);
});
