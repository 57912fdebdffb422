import { beforeAll, describe, expect, test } from "vitest";
import { existingCluster } from "../../components/cluster/existing.ts";
import { inClusterSettingsSchema } from "../../components/platform/inCluster/settings.ts";
import { createServices } from "../../components/platform/services.ts";
import { type Registration, recordRegistrations } from "../fixtures/program.ts";

const settings = inClusterSettingsSchema.parse({ kind: "inCluster", registry: "mirror.example/hub" });

let registrations: readonly Registration[];

beforeAll(async () => {
  const run = await recordRegistrations("dev", {}, () => {
    const cluster = existingCluster({ kind: "existing", name: "cluster", context: "context" });
    return createServices("services", settings, cluster, {});
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
  ofKind("StatefulSet").map(
    ({ inputs }) => (inputs as { spec: { template: { spec: PodSpec } } }).spec.template.spec,
  );

test("database, cache and object store are StatefulSets with a Service and a Secret each", () => {
  expect(
    ofKind("StatefulSet")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["services-cache", "services-database", "services-object-store"]);
  expect(ofKind("Service")).toHaveLength(3);
  expect(ofKind("Secret")).toHaveLength(3);
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
    for (const image of images) {
      expect(image).toMatch(/^mirror\.example\/hub\/[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+/);
    }
  });
});

test("passwords reach the engine as secrets, and no command line", () => {
  for (const { inputs } of ofKind("Secret")) {
    expect(inputs.data).toMatchObject({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    });
  }
  expect(JSON.stringify(ofKind("StatefulSet"))).not.toContain("x".repeat(32));
});

test("volumes outlive their StatefulSet, and the namespace is protected", () => {
  for (const { inputs } of ofKind("StatefulSet")) {
    expect(inputs).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" } },
    });
  }
  expect(ofKind("Namespace")).toMatchObject([{ protect: true, retainOnDelete: true }]);
});

test("nobody gets in from another namespace", () => {
  expect(ofKind("NetworkPolicy")).toMatchObject([
    {
      inputs: {
        spec: {
          podSelector: {},
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from: [{ podSelector: {} }] }],
        },
      },
    },
  ]);
});
