import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { clusterSpec, operatorNetworkPolicySpec } from "../../components/services/inCluster/cloudNativePg.ts";
import { inClusterSettingsSchema } from "../../components/services/inCluster/settings.ts";
import { run } from "../../lib/system/run.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * The operator's own definition of what it understands, from the Go module that it is published as, judges what the
 * program emits: every field is known and of the right form. The operator itself is not run.
 */
const operator = { module: "github.com/cloudnative-pg/cloudnative-pg", version: "v1.30.0" };

let cell: Cell;

beforeAll(async () => {
  cell = await openCell("cloud-native-pg");
  const definition = await clusterDefinition();
  expect(await cell.kubectl(["apply", "--server-side", "--filename", definition])).toMatchObject({ code: 0 });
  // `kubectl wait` fails at once where an object has no conditions yet.
  const isThere = ["wait", "--for=condition=Established", "crd/clusters.postgresql.cnpg.io", "--timeout=5s"];
  await vi.waitFor(async () => expect(await cell.kubectl(isThere)).toMatchObject({ code: 0 }), 60_000);
});

const settingsOf = (database: object) =>
  inClusterSettingsSchema.parse({
    kind: "inCluster",
    storageClass: "fast",
    database: { operator: "cloudNativePg", ...database },
  });

/** The same as the program does, without any effect. */
const tryOut = (manifest: object) =>
  cell.kubectl(
    ["create", "--dry-run=server", "--validate=strict", "--output=json", "--filename=-"],
    manifest,
  );

test.each([
  {},
  { instances: 1 },
  { memoryMiB: 8192, cpu: 4, operatorImage: "registry.example/postgresql:17.6" },
])("the operator's API takes the cluster that %j makes", async (database) => {
  const settings = settingsOf(database);
  const { code, stdout, stderr } = await tryOut(clusterSpec(settings));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { spec }: Live = JSON.parse(stdout);
  expect(spec.instances).toBe(settings.database.instances ?? 3);
  expect(spec.bootstrap.initdb).toMatchObject({
    database: "openclaw",
    owner: "openclaw_admin",
    dataChecksums: true,
  });
});

test("it would not take a field that it does not know", async () => {
  const manifest = clusterSpec(settingsOf({}));
  const { code, stderr } = await tryOut({ ...manifest, spec: { ...manifest.spec, instanceCount: 3 } });
  expect(code).not.toBe(0);
  expect(stderr).toContain('unknown field "spec.instanceCount"');
});

test("the API server takes the operator's network policy", async () => {
  expect(await tryOut(operatorNetworkPolicySpec(settingsOf({})))).toMatchObject({ code: 0 });
});

/** @returns the file of the CustomResourceDefinition */
async function clusterDefinition(): Promise<string> {
  using folder = temporaryFolder({ "go.mod": "module definitions\n" });
  const { module, version } = operator;
  const { stdout } = await run("go", ["mod", "download", "-json", `${module}@${version}`], {
    cwd: folder.path,
  });
  const { Dir: unpacked, Error: error } = JSON.parse(stdout) as { Dir?: string; Error?: string };
  if (unpacked === undefined) {
    throw new Error(`no ${module}@${version}: ${error}`);
  }
  return join(unpacked, "config/crd/bases/postgresql.cnpg.io_clusters.yaml");
}
