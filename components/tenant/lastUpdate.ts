import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Tenant } from "../../tenants/schema.ts";
import { readStackOutputs } from "../platform/stackReference.ts";

/** What the update before this one knew of the cell's tenants, and what follows from it. */

/** What one update says of a tenant to the next one; part of the stack output `tenants`. */
const recordSchema = z.object({
  state: z.string(),
  /** Whether the engine refuses to delete the tenant's data. */
  dataProtected: z.boolean(),
  retainUntil: z.string().optional(),
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

function remedy({ state, retainUntil }: TenantRecords[string]): string {
  return state === "offboarded"
    ? `its data is kept until ${retainUntil}; put the file back, and delete it after the first update from that day on`
    : `the tenant is ${state}; put the file back, with state: offboarded and a retainUntil date if it is to leave`;
}
