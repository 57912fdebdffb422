import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { readStackOutputs } from "../platform/stackReference.ts";

/** What the update before this one knew of the cell's tenants, and what follows from it. */

/** What one update says of a tenant to the next one; part of the stack output `tenants`. */
const recordSchema = z.object({
  state: z.string(),
  /** Whether the engine refuses to delete the tenant's data. */
  dataProtected: z.boolean(),
  retainUntil: z.string().optional(),
  keyEpoch: z.number().optional(),
  /** GiB of the data volume. */
  diskGiB: z.number().optional(),
  /** Whether the tenant's roots are encrypted in the state: those of programs before 0.2 are not. */
  encryptedRoots: z.boolean().optional(),
});
const recordsSchema = z.record(z.string(), recordSchema);

export type TenantRecords = z.infer<typeof recordsSchema>;

/** What the last update of this stack said of its tenants. */
export async function recordsOfLastUpdate(): Promise<TenantRecords> {
  const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { tenants } = await readStackOutputs(stack);
  return recordsSchema.catch({}).parse(tenants);
}

/**
 * Whether this update offboards the tenant, so that a last backup comes before everything else. Once it is done the Job
 * goes, because its pod keeps a volume.
 */
export const isBeingOffboarded = (
  record: TenantRecords[string] | undefined,
  { state }: Pick<Tenant, "state">,
): boolean => state === "offboarded" && record !== undefined && record.state !== "offboarded";

/**
 * Refuses to go on when the file of a tenant is gone whose data is protected. The engine would delete its Deployment,
 * route and credentials first and come to the protected namespace last, so this is asked before any object is
 * registered; protection is what is left where an earlier update failed before it could save its outputs.
 *
 * @param folder of the tenant files.
 * @throws pulumi.RunError that names every tenant whose data is protected and whose file is gone.
 */
export function refuseRemovals(
  records: TenantRecords,
  tenants: readonly Pick<Tenant, "id">[],
  folder: string,
): void {
  const present = new Set(tenants.map(({ id }) => id));
  const problems = Object.entries(records)
    .filter(([id, { dataProtected }]) => dataProtected && !present.has(id))
    .map(([id, record]) => `  ${relative(process.cwd(), join(folder, `${id}.yaml`))}: ${remedy(record)}`);
  if (problems.length > 0) {
    throw new pulumi.RunError(
      ["Files of tenants that this stack still protects are gone; nothing was changed.", ...problems].join(
        "\n",
      ),
    );
  }
}

/**
 * Refuses to update a stack that holds tenants' roots in the clear. The engine could not delete those of backups, which
 * are protected, and what they encrypted would be lost.
 *
 * @throws pulumi.RunError that names them, and the command that makes others
 */
export function refuseOldRoots(records: TenantRecords): void {
  const old = Object.keys(records).filter((id) => records[id]?.encryptedRoots !== true);
  if (old.length > 0) {
    throw new pulumi.RunError(
      `The roots of these tenants' credentials stand in the clear in the state of the stack; nothing was changed: ${old.join(", ")}\n` +
        `\`npm run renew-roots -- --stack ${pulumi.getStack()}\` makes others: docs/operations.md, "Roots in the clear".`,
    );
  }
}

function remedy({ state, retainUntil }: TenantRecords[string]): string {
  return state === "offboarded"
    ? `its data is kept until ${retainUntil}; put the file back, and delete it after the first update from that day on`
    : `the tenant is ${state}; put the file back, with state: offboarded and a retainUntil date if it is to leave`;
}

/**
 * Refuses what a file asks for and no update can do: a smaller volume, which the API server would refuse after half of
 * the tenant was changed, and an earlier keyEpoch, whose credentials have been ended.
 *
 * @param folder of the tenant files.
 * @throws pulumi.RunError that names every such tenant, why, and what to do instead.
 */
export function refuseReversals(
  records: TenantRecords,
  tenants: readonly Pick<Tenant, "id" | "plan" | "keyEpoch">[],
  folder: string,
): void {
  const problems = tenants.flatMap((tenant) =>
    reversals(records[tenant.id], tenant).map(
      (problem) => `  ${relative(process.cwd(), join(folder, `${tenant.id}.yaml`))}: ${problem}`,
    ),
  );
  if (problems.length > 0) {
    throw new pulumi.RunError(
      ["What cannot be undone in place; nothing was changed.", ...problems].join("\n"),
    );
  }
}

function reversals(
  record: TenantRecords[string] | undefined,
  { id, plan, keyEpoch }: Pick<Tenant, "id" | "plan" | "keyEpoch">,
): string[] {
  const [{ diskGiB = 0, keyEpoch: lastEpoch = 0 }, wanted] = [record ?? {}, plans[plan].diskGiB];
  return [
    ...(wanted < diskGiB
      ? [
          `plan ${plan} has a volume of ${wanted} GiB, and the tenant's has ${diskGiB}; Kubernetes never shrinks one. ` +
            `Make another tenant of that plan, and \`npm run restore -- --tenant ${id} --at latest --into NEWID\``,
        ]
      : []),
    ...(keyEpoch < lastEpoch
      ? [`keyEpoch ${keyEpoch} has been; it was raised to ${lastEpoch}, and only goes up`]
      : []),
  ];
}
