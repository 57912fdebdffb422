import { expect, test } from "vitest";
import { deletionsIn, deletionsText } from "../../ops/diagnosis/deletions.ts";

const since = "2026-11-26T05:00:00Z";
const isDeleted = { deletionTimestamp: since };
const namespace = (name: string, more: object = {}) => ({ kind: "Namespace", metadata: { name, ...more } });
const claim = (where: string, name: string, more: object = {}) => ({
  kind: "PersistentVolumeClaim",
  metadata: { namespace: where, name, ...more },
  spec: { volumeName: `pv-of-${where}` },
});
const deletions = (...items: object[]) => deletionsIn({ items }, ["acme", "bluebird"]);

test("a tenant's claim that is being deleted is found, with the day and its volume", () => {
  expect(
    deletions(
      namespace("tenant-acme"),
      claim("tenant-acme", "openclaw-data"),
      claim("tenant-bluebird", "openclaw-data", isDeleted),
    ),
  ).toEqual([
    {
      kind: "claim",
      namespace: "tenant-bluebird",
      name: "openclaw-data",
      since,
      volumes: ["pv-of-tenant-bluebird"],
    },
  ]);
});

test("so are a namespace, with the volumes that end with it, and the claims of the shared services", () => {
  const found = deletions(
    namespace("tenant-acme", isDeleted),
    claim("tenant-acme", "openclaw-data"),
    claim("tenant-acme", "openclaw-backup-29401-work"),
    namespace("openclaw-services"),
    claim("openclaw-services", "data-database-0", isDeleted),
  );
  expect(found.map(({ kind, name, volumes }) => ({ kind, name, volumes }))).toEqual([
    { kind: "namespace", name: "tenant-acme", volumes: ["pv-of-tenant-acme"] },
    { kind: "claim", name: "data-database-0", volumes: ["pv-of-openclaw-services"] },
  ]);
});

test("what is not being deleted, of others, or of a backup that ends is none of it", () => {
  expect(
    deletions(
      namespace("tenant-acme"),
      namespace("openclaw-services"),
      claim("openclaw-services", "data-cache-0"),
      namespace("tenant-other", isDeleted),
      claim("tenant-other", "openclaw-data", isDeleted),
      claim("tenant-acme", "openclaw-backup-29401-work", isDeleted),
    ),
  ).toEqual([]);
});

test("a claim without a volume is named, and no command is said to save what is not there", () => {
  const { spec: _, ...unbound } = claim("tenant-acme", "openclaw-data", isDeleted);
  const found = deletions(unbound);
  expect(found).toMatchObject([{ name: "openclaw-data", volumes: [] }]);
  expect(deletionsText(found)).not.toContain("kubectl patch");
});

test("the report says what, since when, and first of all how the data is saved", () => {
  expect(deletionsText([])).toBe("");
  expect(deletionsText(deletions(claim("tenant-acme", "openclaw-data", isDeleted)))).toBe(
    [
      "The claim openclaw-data in tenant-acme is being deleted (since 2026-11-26T05:00:00Z): its volume is destroyed when the pod that uses it ends.",
      "Save the data first:",
      `  kubectl patch pv pv-of-tenant-acme -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
      'Then docs/operations.md, "A claim is being deleted".',
    ].join("\n"),
  );
});
