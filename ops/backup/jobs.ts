import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "../../components/job.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import type { Kubectl } from "../stack/kubectl.ts";
import { activityOf, failureOf, jobSchema, outcomeOf, podsSchema } from "./jobProgress.ts";

const pollMilliseconds = 1000;

/** A Job by its place. */
export interface JobName {
  readonly namespace: string;
  readonly name: string;
}

/** A Job came to a bad end: what it said. */
export class JobFailure extends UserError {
  override readonly name = "JobFailure";
}

/**
 * Runs a Job to its end; one of the same name is removed first, with its pods, whatever it does. One that succeeded is
 * removed as well, since its volume would take of the tenant's quota; one that failed stays for an hour, to be looked at.
 *
 * @returns what its last container printed
 * @throws JobFailure with what the step that failed said
 * @throws Interrupted after Ctrl-C; the Job goes on
 */
export const runJob = (kubectl: Kubectl, job: Job, label: string, progress: Progress): Promise<string> =>
  jobWith(kubectl, job, label, progress, (name) => logsOf(kubectl, name));

/** {@link runJob} of one whose success is all that is asked of it. */
export const completeJob = (kubectl: Kubectl, job: Job, label: string, progress: Progress): Promise<void> =>
  jobWith(kubectl, job, label, progress, () => Promise.resolve());

async function jobWith<T>(
  kubectl: Kubectl,
  job: Job,
  label: string,
  progress: Progress,
  resultOf: (name: JobName) => Promise<T>,
): Promise<T> {
  const { name, namespace = "" } = job.metadata;
  await removeJob(kubectl, { name, namespace });
  await kubectl.succeed(["create", "--filename", "-"], JSON.stringify(job));
  if (!(await followJob(kubectl, { name, namespace }, label, progress))) {
    throw new JobFailure(`The Job ${name} in ${namespace} is gone before it ended: somebody deleted it.`);
  }
  const result = await resultOf({ name, namespace });
  await removeJob(kubectl, { name, namespace });
  return result;
}

/** Simulated nodes say of a Job that it is complete, and have run nothing. */
async function logsOf(kubectl: Kubectl, { name, namespace }: JobName): Promise<string> {
  const { code, stdout, stderr } = await kubectl.run(["logs", `job/${name}`, "--namespace", namespace]);
  if (code !== 0) {
    throw new UserError(
      `The Job ${name} in ${namespace} is complete, and what it said cannot be read: ${stderr.trim()}\n` +
        "Simulated nodes run nothing: `npm run up -- --nodes real` does.",
    );
  }
  return stdout;
}

export async function removeJob(kubectl: Kubectl, { name, namespace }: JobName): Promise<void> {
  await kubectl.succeed([
    ...["delete", "job", name, "--namespace", namespace],
    ...["--ignore-not-found", "--cascade=foreground", "--request-timeout=0", "--timeout=120s"],
  ]);
}

/**
 * Waits for the end of a Job.
 *
 * @returns false if it is gone: one that its CronJob keeps no longer has succeeded
 * @throws JobFailure, Interrupted as {@link runJob}
 */
export async function followJob(
  kubectl: Kubectl,
  { namespace, name }: JobName,
  label: string,
  progress: Progress,
): Promise<boolean> {
  let activity = "";
  const step = progress.step(label, () => activity);
  try {
    for (;;) {
      throwIfInterrupted();
      const found = await kubectl.succeed([
        ...["get", "job", name, "--namespace", namespace],
        ...["--ignore-not-found", "--output", "json"],
      ]);
      if (found.trim() === "") {
        step.done();
        return false;
      }
      const outcome = outcomeOf(jobSchema.parse(jsonOf(found)));
      if (outcome === "complete") {
        step.done();
        return true;
      }
      const pods = await podsOf(kubectl, { namespace, name });
      if (outcome === "failed") {
        throw new JobFailure(
          `${label} failed. ${failureOf(pods) ?? (await lastEvent(kubectl, { namespace, name }))}`,
        );
      }
      activity = pods.length === 0 ? await lastEvent(kubectl, { namespace, name }) : activityOf(pods);
      await sleep(pollMilliseconds);
    }
  } catch (error) {
    step.fail();
    throw error;
  }
}

async function podsOf(kubectl: Kubectl, { namespace, name }: JobName) {
  const text = await kubectl.succeed([
    ...["get", "pods", "--namespace", namespace],
    ...["--selector", `batch.kubernetes.io/job-name=${name}`, "--output", "json"],
  ]);
  return podsSchema.parse(jsonOf(text)).items;
}

/** The reason that a Job has no pod: a quota or a policy that refuses it stands in its events alone. */
async function lastEvent(kubectl: Kubectl, { namespace, name }: JobName): Promise<string> {
  const text = await kubectl.succeed([
    ...["get", "events", "--namespace", namespace, "--sort-by", ".lastTimestamp"],
    ...["--field-selector", `involvedObject.kind=Job,involvedObject.name=${name}`],
    ...["--output", "jsonpath={range .items[*]}{.message}{'\\n'}{end}"],
  ]);
  return text.trim().split("\n").at(-1) || "no pod yet";
}
