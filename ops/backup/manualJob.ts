import { z } from "zod";
import { type BackupReason, backupReasons, backupTagsVariable } from "../../components/backup/backup.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";

const containerSchema = z.looseObject({
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
});
const jobSchema = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(containerSchema) }) }),
  }),
});

const byHand: BackupReason = "manual";
const isReason = (tag: string): boolean => backupReasons.some((reason) => reason === tag);

/**
 * A Job made of the nightly CronJob, whose backup says that somebody made it by hand.
 *
 * @param text as `kubectl create job --from --dry-run=client --output json` prints it
 * @throws UserError for what is no such Job
 */
export function manualJob(text: string): string {
  const parsed = jobSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new UserError(`kubectl did not make a Job of the CronJob:\n${z.prettifyError(parsed.error)}`);
  }
  const job = parsed.data;
  for (const variable of job.spec.template.spec.containers.flatMap(({ env }) => env)) {
    if (variable.name === backupTagsVariable) {
      variable.value = withReason(variable.value ?? "", byHand);
    }
  }
  return JSON.stringify(job);
}

const withReason = (tags: string, reason: BackupReason): string =>
  [reason, ...tags.split(",").filter((tag) => tag !== "" && !isReason(tag))].join(",");
