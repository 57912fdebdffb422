import { expect, test } from "vitest";
import { stringify } from "yaml";
import { finalBackupJob, finalBackupJobSpec } from "../../components/backup/backup.ts";
import { listingJobSpec } from "../../components/backup/listing.ts";
import { ownRekeyJobSpec, rekeyJobSpec } from "../../components/backup/rekey.ts";
import { lentCredentials, lentPassword } from "../../components/backup/repository.ts";
import {
  databaseJobSpec,
  filesJobSpec,
  ownListingJobSpec,
  restoreJobSpec,
} from "../../components/backup/restore.ts";
import type { Job } from "../../components/job.ts";
import { accountsJob, accountsJobSpec } from "../../components/services/accounts/jobs.ts";
import { retireJobSpec } from "../../components/services/accounts/retire.ts";
import type { ServiceFacts } from "../../components/services/sharedServices.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";

const acme = tenant({ dataServices: true, keyEpoch: 2 });
const instance = {
  image: "ghcr.io/openclaw/openclaw:2026.9.6",
  storageClass: "fast",
  runtimeClass: "gvisor",
};

/** Every Job that a command or a life event of a tenant makes, and none that a stack of test/golden has. */
function jobs(services: ServiceFacts): readonly Job[] {
  const own = { tenant: acme, instance, services };
  const restore = {
    ...own,
    sourceId: "bluebird",
    snapshot: { id: "0123abcd", tags: ["final", "database"] },
    restoreId: "2611212047",
    discardCurrent: false,
    repository:
      services.objectStore.adminSecret === undefined ? lentPassword("lent") : lentCredentials("lent"),
  };
  return [
    listingJobSpec("acme", services, "tenant-acme"),
    ownListingJobSpec(own),
    rekeyJobSpec("acme", services, "tenant-acme"),
    ownRekeyJobSpec(own),
    restoreJobSpec(restore),
    ...(["put-back", "clean"] as const).map((action) => filesJobSpec(restore, action)),
    ...(["prepare", "finish", "put-back", "clean"] as const).map((phase) => databaseJobSpec(phase, restore)),
    { ...finalBackupJob(acme), spec: finalBackupJobSpec(own) },
    { ...accountsJob("retire", acme), spec: retireJobSpec(acme, services, instance) },
    { ...accountsJob("drop", acme), spec: accountsJobSpec("drop", acme, services) },
  ] as readonly Job[];
}

/** Scripts are files of their own; here a line says which one runs. */
const withoutScripts = (_key: string, value: unknown): unknown =>
  typeof value === "string" && value.includes("\n") ? `${value.split("\n", 1)[0]} …` : value;

test.each([
  ["jobs-in-cluster.yaml", inClusterFacts],
  ["jobs-managed.yaml", managedFacts],
])(
  "Jobs of commands are what %s says (after a deliberate change: npx vitest run --project golden -u)",
  async (file, services) => {
    const entries = jobs(services).map((job) => [`${job.metadata?.namespace}/${job.metadata?.name}`, job]);
    expect(new Set(entries.map(([name]) => name)).size).toBe(entries.length);
    const text = stringify(Object.fromEntries(entries), withoutScripts, {
      lineWidth: 0,
      aliasDuplicateObjects: false,
    });
    await expect(text).toMatchFileSnapshot(file);
  },
);
