import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Tenant } from "../../tenants/schema.ts";
import { readStackOutputs } from "../platform/stackReference.ts";
import { refusal } from "../refusal.ts";

/** The outputs of the last update about the cell's tenants. */

/** The record of a tenant for the next update; part of the stack output `tenants`. */
const recordSchema = z.object({
  state: z.string(),
  /** Whether the engine refuses to delete the tenant's data. */
  dataProtected: z.boolean(),
  retainUntil: z.string().optional(),
  keyEpoch: z.number().optional(),
  /** GiB of the data volume. */
  diskGiB: z.number().optional(),
  /** Storage class in the claim's manifest; empty where it names none. */
  storageClass: z.string().optional(),
  /** Whether the tenant's roots are encrypted in the state: those of programs before 0.2 are not. */
  encryptedRoots: z.boolean().optional(),
  /** The incarnation, which tells apart tenants that have had the same id: components/instance/derivation.ts. */
  incarnation: z.string().optional(),
  /** Whether what it has at the shared services may lack a mark: a version before 0.3 made it, or it was taken over. */
  adopted: z.boolean().optional(),
});
const recordsSchema = z.record(z.string(), recordSchema);

export type TenantRecord = z.infer<typeof recordSchema>;
export type TenantRecords = Readonly<Record<string, TenantRecord>>;

export interface LastUpdate {
  readonly records: TenantRecords;
  /** Whether an update of the stack was ever completed. */
  readonly hasRun: boolean;
}

/**
 * The outputs of this stack's last update; none of a stack that was never brought up.
 *
 * @throws pulumi.RunError if it said something that this version cannot read: without it tenants could be removed, or given
 *   back what they have lost, unseen
 */
export async function lastUpdateOf(): Promise<LastUpdate> {
  const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const outputs = await readStackOutputs(stack);
  return { records: recordsIn(outputs), hasRun: Object.keys(outputs).length > 0 };
}

/** @throws pulumi.RunError as {@link lastUpdateOf} */
export function recordsIn({ tenants }: Readonly<Record<string, unknown>>): TenantRecords {
  if (tenants === undefined) {
    return {};
  }
  const parsed = recordsSchema.safeParse(tenants);
  if (!parsed.success) {
    throw refusal(
      [
        "The stack's output `tenants`, which the last update wrote, cannot be read by this version of the program; nothing was changed.",
        ...parsed.error.issues.map(({ path, message }) => `  tenants.${path.join(".")}: ${message}`),
        "A newer version wrote it, or somebody by hand. Use the version that ran last (output `program`), or put the output right:",
        `\`pulumi stack export -s ${pulumi.getStack()}\`, correct it, and \`pulumi stack import\`.`,
      ].join("\n"),
    );
  }
  return parsed.data;
}

/**
 * Whether this update offboards the tenant, so that a last backup comes before everything else. Once it is done the Job
 * goes, because its pod keeps a volume.
 */
export const isBeingOffboarded = (
  record: TenantRecord | undefined,
  { state }: Pick<Tenant, "state">,
): boolean => state === "offboarded" && record !== undefined && record.state !== "offboarded";
