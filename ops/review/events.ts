import { z } from "zod";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";

/**
 * The output of `pulumi preview --json` with PULUMI_ENABLE_STREAMING_JSON_PREVIEW: one event a line, as
 * sdk/go/common/apitype/events.go of github.com/pulumi/pulumi describes them. The one document that it prints without
 * that variable leaves out what policies say (pkg/backend/display/json.go).
 */

const properties = z.record(z.string(), z.unknown());

const stateSchema = z.object({
  inputs: properties.default({}),
  protect: z.boolean().default(false),
  retainOnDelete: z.boolean().default(false),
});

const stepSchema = z.object({
  /** same, create, update, delete, replace, create-replacement, delete-replaced, read, refresh, import … */
  op: z.string(),
  urn: z.string(),
  /** Type token: `kubernetes:core/v1:Namespace`. */
  type: z.string(),
  old: stateSchema.nullish(),
  new: stateSchema.nullish(),
  /** The properties that cause a replacement. */
  keys: z.array(z.string()).default([]),
  /** Properties that differ, at the top. */
  diffs: z.array(z.string()).default([]),
  /** Properties that differ, by path. */
  detailedDiff: properties.nullish(),
});

const diagnosticSchema = z.object({
  message: z.string(),
  /** debug, info, info#err, warning or error. */
  severity: z.string(),
  urn: z.string().optional(),
  ephemeral: z.boolean().default(false),
});

const policySchema = z.object({
  resourceUrn: z.string().optional(),
  message: z.string(),
  policyName: z.string(),
  policyPackName: z.string(),
  enforcementLevel: z.string(),
});

const eventSchema = z.object({
  resourcePreEvent: z.object({ metadata: stepSchema }).optional(),
  diagnosticEvent: diagnosticSchema.optional(),
  policyEvent: policySchema.optional(),
  summaryEvent: z.object({}).optional(),
});

export type StepState = z.infer<typeof stateSchema>;
export type Step = z.infer<typeof stepSchema>;
type Diagnostic = z.infer<typeof diagnosticSchema>;
type PolicyEvent = z.infer<typeof policySchema>;

export interface PreviewEvents {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  readonly policies: readonly PolicyEvent[];
  /** Whether the engine has come to its end, well or not. */
  readonly isComplete: boolean;
}

/**
 * Events of other kinds are passed over: the engine says much that no reviewer asks for.
 *
 * @throws UserError for an event that is not as it should be: a step must not get lost unseen
 */
export function previewEvents(stdout: string): PreviewEvents {
  const events = stdout.split("\n").flatMap((line) => {
    const json = jsonOf(line);
    // Other lines are not the engine's.
    return typeof json === "object" && json !== null ? [eventOf(json)] : [];
  });
  return {
    steps: events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []),
    diagnostics: events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []),
    policies: events.flatMap(({ policyEvent }) => policyEvent ?? []),
    isComplete: events.some(({ summaryEvent }) => summaryEvent !== undefined),
  };
}

function eventOf(json: unknown): z.infer<typeof eventSchema> {
  const parsed = eventSchema.safeParse(json);
  if (!parsed.success) {
    throw new UserError(
      `pulumi preview --json printed an event that cannot be read:\n${z.prettifyError(parsed.error)}\n` +
        "Use the version of Pulumi that package.json names.",
    );
  }
  return parsed.data;
}
