import { z } from "zod";
import { tenantChangeKinds } from "./tenantChanges.ts";
import { touchReasons } from "./touched.ts";

/**
 * A review as plain data, from which the comment is rendered, and which `--json` prints.
 *
 * In CI the stacks are on different clusters and need different credentials, so each is previewed in a job of its own.
 * Each job writes a whole review that has one stack's preview in it; joining them (join.ts) puts the previews side by
 * side, and all the rest is the same in every part.
 */

const count = z.int().min(0);
const cny = z.number();
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

const propertyChangeSchema = z.strictObject({
  path: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
});

export const stepKinds = ["create", "update", "delete", "replace"] as const;
export type StepKind = (typeof stepKinds)[number];

/** Resources that change in the same way. */
const changeSchema = z.strictObject({
  kind: z.enum(stepKinds),
  /** Last part of the type token: `Deployment`. */
  type: z.string(),
  names: listOf(z.string()),
  properties: listOf(propertyChangeSchema),
  /** The inputs of a new resource, as YAML. */
  inputs: z.string().optional(),
});
export type Change = z.infer<typeof changeSchema>;

const dangerSchema = z.strictObject({
  kind: z.enum(stepKinds),
  type: z.string(),
  name: z.string(),
  reasons: listOf(z.string()),
});
export type Danger = z.infer<typeof dangerSchema>;

const policyFindingSchema = z.strictObject({
  policy: z.string(),
  level: z.string(),
  resource: z.string().optional(),
  message: z.string(),
});
export type PolicyFinding = z.infer<typeof policyFindingSchema>;

const previewSchema = z.strictObject({
  stack: z.string(),
  /** `notSetUp`: placeholders among its settings. `refused`: its tenant files are wrong. */
  outcome: z.enum(["previewed", "failed", "notSetUp", "refused"]),
  /** The errors of the engine or the program. */
  message: z.string().optional(),
  /** Whether nothing of the stack exists yet. */
  isNew: z.boolean(),
  counts: z.strictObject({ create: count, update: count, delete: count, replace: count, same: count }),
  dangers: listOf(dangerSchema),
  /** Absent where no policy pack was asked. */
  policies: listOf(policyFindingSchema).optional(),
  warnings: listOf(z.string()),
  changes: listOf(changeSchema),
});
export type StackPreview = z.infer<typeof previewSchema>;

const priceChange = { beforeCny: cny, afterCny: cny };

export const reviewSchema = z.strictObject({
  base: z.strictObject({ ref: z.string(), commit: z.string() }),
  head: z.strictObject({ commit: z.string(), hasUncommitted: z.boolean() }),
  touched: listOf(z.strictObject({ stack: z.string(), because: listOf(z.enum(touchReasons)) })),
  findings: listOf(z.string()),
  /** Report of the loader on the tenant files, if it refuses them. */
  problems: z.string().optional(),
  tenants: listOf(
    z.strictObject({
      id: z.string(),
      cell: z.string(),
      displayName: z.string(),
      kind: z.enum(tenantChangeKinds),
      fields: listOf(
        z.strictObject({ field: z.string(), from: z.string().optional(), to: z.string().optional() }),
      ),
    }),
  ),
  prices: z.strictObject({
    tenants: listOf(z.strictObject({ id: z.string(), cell: z.string(), ...priceChange })),
    cells: listOf(z.strictObject({ cell: z.string(), ...priceChange })),
    total: z.strictObject(priceChange),
  }),
  previews: listOf(previewSchema),
});
export type Review = z.infer<typeof reviewSchema>;
