import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import type { Cluster } from "../../components/cluster/cluster.ts";
import {
  type ClusterReader,
  ClusterUnreachable,
  emptyCluster,
  type FoundClaim,
  type FoundObject,
  useClusterReader,
} from "../../components/cluster/reader.ts";
import { refuseByCluster } from "../../components/preflight/index.ts";
import type { TenantRecord } from "../../components/preflight/lastUpdate.ts";
import { storageClassOf } from "../../components/preflight/volumes.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { devOwner } from "../fixtures/owner.ts";
import { temporaryFolder, tenant } from "../fixtures/tenant.ts";

const known: TenantRecord = { state: "active", dataProtected: true, encryptedRoots: true };
const gibibyte = 1024 ** 3;

const owned = (annotations: Readonly<Record<string, string>> = {}): FoundObject => ({
  labels: { "openclaw.ai/tenant": "acme", "openclaw.ai/state": "active" },
  annotations: { "openclaw.ai/owned-by": "dev/0123456789ab", ...annotations },
});
const claimOf = (gib: number, storageClass?: string): FoundClaim => ({
  ...owned(),
  storage: gib * gibibyte,
  ...(storageClass === undefined ? {} : { storageClass }),
});

const asked = (
  reader: Partial<ClusterReader>,
  tenants: readonly Tenant[] = [tenant()],
  records: Readonly<Record<string, TenantRecord>> = { acme: known },
  folder = "tenants/dev",
) => {
  useClusterReader(async () => ({ ...emptyCluster, ...reader }));
  return refuseByCluster({
    cluster: {} as Cluster,
    owner: devOwner,
    lastUpdate: { records, hasRun: true },
    files: { tenants, folder },
    today: "2026-01-01",
    platformClaim: { edge: "openclaw-edge", adopt: undefined },
  });
};

test("a cluster that is not made yet holds nothing", async () => {
  useClusterReader(async () => undefined);
  const lastUpdate = { records: {}, hasRun: false };
  const files = { tenants: [tenant()], folder: "tenants/dev" };
  const questions = { cluster: {} as Cluster, owner: devOwner, lastUpdate, files, today: "2026-01-01" };
  await expect(refuseByCluster({ ...questions, platformClaim: undefined })).resolves.toEqual({});
});

test("the namespaces of the platform are asked for by the stack that makes it", async () => {
  const strange = async (name: string) =>
    name.startsWith("openclaw-") ? { labels: {}, annotations: {} } : undefined;
  await expect(asked({ namespace: strange }, [])).rejects.toThrow(
    /Namespace openclaw-services[\s\S]*Namespace openclaw-edge, with the edge, as openclaw:platform\.edge\.namespace says/,
  );
});

test("every tenant that something stands in the way of is named at once, by its file", async () => {
  const tenants = [tenant(), tenant({ id: "bluebird" }), tenant({ id: "corvus" })];
  const namespace = async (name: string) =>
    /^tenant-(?!corvus)/.test(name) ? { labels: {}, annotations: {} } : undefined;
  await expect(asked({ namespace }, tenants, {})).rejects.toThrow(
    /acme\.yaml: There already[\s\S]*bluebird\.yaml/,
  );
  await expect(asked({ namespace }, tenants, {})).rejects.not.toThrow(/corvus\.yaml/);
  // Each file is named once, however many lines its refusal takes.
  const message = await asked({ namespace }, tenants, {}).catch((error: Error) => error.message);
  expect(`${message}`.match(/acme\.yaml/g)).toHaveLength(1);
});

describe("a volume that is being deleted", () => {
  const deletedAt = "2026-01-01T03:04:05.000Z";
  const claim = async () => ({ ...claimOf(50), deletedAt });

  test("stops the update, and says since when", async () => {
    await expect(asked({ claim })).rejects.toThrow(
      /acme\.yaml: Being deleted: the PersistentVolumeClaim tenant-acme\/openclaw-data, since 2026-01-01T03:04:05.000Z/,
    );
    const namespace = async (name: string) =>
      name === "tenant-acme" ? { ...owned(), deletedAt } : undefined;
    await expect(asked({ namespace })).rejects.toThrow(/Being deleted: the Namespace tenant-acme, since/);
  });

  test("of a tenant whose day has come stops nothing", async () => {
    const gone = tenant({ state: "offboarded", retainUntil: "2025-12-31" });
    await expect(asked({ claim }, [gone])).resolves.toHaveProperty("acme");
    const kept = tenant({ state: "offboarded", retainUntil: "2026-01-02" });
    await expect(asked({ claim }, [kept])).rejects.toThrow("Being deleted");
  });
});

describe("a larger plan", () => {
  const enterprise = [tenant({ plan: "enterprise" })];

  test.each([
    [true, undefined],
    [false, /its class fixed does not allow volumes to grow[\s\S]*restore -- --tenant acme .*--into NEWID/],
  ])("on a class whose volumes grow: %s", async (allowVolumeExpansion, refusal) => {
    const answers = {
      claim: async () => claimOf(50, "fixed"),
      storageClass: async () => ({ allowVolumeExpansion }),
    };
    const result = asked(answers, enterprise);
    await (refusal === undefined
      ? expect(result).resolves.toHaveProperty("acme")
      : expect(result).rejects.toThrow(refusal));
  });

  test("is refused for a claim whose class is gone, or that has none", async () => {
    await expect(asked({ claim: async () => claimOf(50, "gone") }, enterprise)).rejects.toThrow(
      "its class gone is not in the cluster",
    );
    await expect(asked({ claim: async () => claimOf(50) }, enterprise)).rejects.toThrow("its class (none)");
  });

  test("asks nothing of the class where the size stays", async () => {
    const claim = async () => claimOf(50, "fixed");
    await expect(asked({ claim })).resolves.toMatchObject({ acme: { claim: { storageClass: "fixed" } } });
  });
});

test("a claim that asks for more than the plan has is not shrunk, whoever made it", async () => {
  await expect(asked({ claim: async () => claimOf(51) })).rejects.toThrow(
    "plan pro has a volume of 50 GiB, and the tenant's claim asks for 51 GiB; Kubernetes never shrinks one",
  );
});

describe("a tenant whose file has moved to another cell", () => {
  const record = { ...known, incarnation: "aaaaaaaaaaaaaaaa" };
  const moved = async (namespace: FoundObject | undefined, last: TenantRecord = record) => {
    using cells = temporaryFolder({
      "tenant.schema.json": "",
      "dev/bluebird.yaml": "",
      "second/acme.yaml": "",
    });
    return await asked(
      { namespace: async (name) => (name === "tenant-acme" ? namespace : undefined) },
      [],
      { acme: last },
      `${cells.path}/dev`,
    );
  };
  const marks = (mark: string, incarnation: string) =>
    owned({ "openclaw.ai/owned-by": mark, "openclaw.ai/incarnation": incarnation });

  test("has left once the other stack has its namespace and its roots", async () => {
    await expect(moved(marks("second/zzzzzzzzzzzz", "aaaaaaaaaaaaaaaa"))).resolves.toHaveProperty("acme");
  });

  test.each<[string, FoundObject | undefined]>([
    ["its namespace is this stack's", marks("dev/0123456789ab", "aaaaaaaaaaaaaaaa")],
    ["the other stack made roots of its own", marks("second/zzzzzzzzzzzz", "bbbbbbbbbbbbbbbb")],
    ["its namespace has no mark", { labels: {}, annotations: {} }],
    [
      "its namespace has its roots and no mark",
      { labels: {}, annotations: { "openclaw.ai/incarnation": "aaaaaaaaaaaaaaaa" } },
    ],
    ["its namespace is gone", undefined],
  ])("has not while %s", async (_, namespace) => {
    await expect(moved(namespace)).rejects.toThrow(
      /second\/acme\.yaml: the tenant is still in the stack dev/,
    );
  });

  test("has not by another stack's mark alone, if a version without marks made it", async () => {
    const namespace = owned({ "openclaw.ai/owned-by": "second/zzzzzzzzzzzz" });
    await expect(moved(namespace, known)).rejects.toThrow(
      /second\/acme\.yaml: the tenant is still in the stack dev/,
    );
  });
});

test("a claim keeps its storage class, and another setting is for new tenants", () => {
  const claim = claimOf(10, "first");
  expect(storageClassOf({ ...known, storageClass: "first" }, claim, "second")).toBe("first");
  expect(storageClassOf({ ...known, storageClass: "" }, claim, "second")).toBeUndefined();
  expect(storageClassOf(known, claim, "second")).toBe("first");
  expect(storageClassOf(undefined, undefined, "second")).toBe("second");
  // The default class, which the cluster writes into the claim and the manifest leaves out.
  expect(storageClassOf(known, claim, undefined)).toBeUndefined();
});

test("an answer of the cluster that is no answer ends a preview as well as an update", async () => {
  const namespace = () => Promise.reject(new TypeError("items is not iterable"));
  for (const isPreview of [false, true]) {
    vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(isPreview);
    await expect(asked({ namespace })).rejects.toThrow("items is not iterable");
  }
  vi.restoreAllMocks();
});

test("a cluster that cannot be reached ends an update, and a preview warns of it", async () => {
  const namespace = () => Promise.reject(new ClusterUnreachable("The cluster dev cannot be reached"));
  const { runtime, log } = pulumi;
  const warn = vi.spyOn(log, "warn").mockResolvedValue();
  await expect(asked({ namespace })).rejects.toThrow(/cannot be reached\n.*nothing was changed/);
  expect(warn).not.toHaveBeenCalled();
  vi.spyOn(runtime, "isDryRun").mockReturnValue(true);
  await expect(asked({ namespace })).resolves.toEqual({});
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/this preview does not know it/));
  vi.restoreAllMocks();
});
