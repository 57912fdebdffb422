import { labelKeys, workloadSelector } from "../../components/labels.ts";
import { namespaceName } from "../../components/names.ts";
import { servicesNamespace } from "../../components/services/namespace.ts";
import { type Claim, type Deployment, type Found, isRolledOut, type Job, type Pod } from "./objects.ts";
import { endOf, eventReasons, isLasting, podReasons, type Reason, reason, refusal } from "./reasons.ts";

const idOf = ({ metadata }: Pick<Job, "metadata">): string => metadata.labels[labelKeys.tenant] ?? "";

const isGateway = ({ metadata }: Pod): boolean =>
  Object.entries(workloadSelector).every(([key, value]) => metadata.labels[key] === value);

/** Jobs that an update waits for; of the others a failed one, such as a backup of last night, is no reason of this update. */
const isOfUpdate = ({ metadata: { namespace, name } }: Job): boolean =>
  namespace === servicesNamespace ? /^(provision|retire)-/.test(name) : name === "final-backup";

const holds = ({ status }: Job, type: string): boolean =>
  status.conditions.some((each) => each.type === type && each.status === "True");

const hasFailed = (job: Job): boolean => holds(job, "Failed") || holds(job, "FailureTarget");

const isUnfinished = (job: Job): boolean => isOfUpdate(job) && !holds(job, "Complete");

const isDown = ({ metadata, spec, status }: Deployment): boolean =>
  spec.replicas > 0 && !isRolledOut({ ...status, generation: metadata.generation });

/** The uids of Jobs that have failed. */
export const failedJobs = ({ jobs }: Found): Set<string> =>
  new Set(jobs.filter(hasFailed).map(({ metadata }) => metadata.uid));

/** Ids of tenants with a pod or a Job that has not come to its end. */
export function unsettledTenants({ deployments, jobs }: Found): string[] {
  return [...new Set([...deployments.filter(isDown), ...jobs.filter(isUnfinished)].map(idOf))];
}

/** Namespaces whose events may say what no object does: of tenants that have something unsettled and no lasting reason. */
export function namespacesToAsk(found: Found): string[] {
  const reasons = reasonsByTenant(found);
  const silent = unsettledTenants(found).filter((id) => !reasons.get(id)?.some(isLasting));
  const withoutPod = found.jobs.filter((job) => isUnfinished(job) && silent.includes(idOf(job)));
  const down = found.deployments.filter((each) => isDown(each) && silent.includes(idOf(each)));
  return [...new Set([...withoutPod, ...down].map(({ metadata }) => metadata.namespace))];
}

/** The reasons that pods of tenants do not run, and that Jobs do not end for which an update waits: a pure reading of what was found. */
export function reasonsByTenant(found: Found): Map<string, Reason[]> {
  const all = [
    ...found.deployments.filter(isDown).map((each) => [idOf(each), deploymentReasons(each, found)] as const),
    ...found.jobs.filter(isUnfinished).map((job) => [idOf(job), jobReasons(job, found)] as const),
  ];
  const byTenant = new Map<string, Reason[]>();
  for (const [id, reasons] of all) {
    const known = byTenant.get(id) ?? [];
    const others = reasons.filter(({ text }) => !known.some((each) => each.text === text));
    byTenant.set(id, [...known, ...others]);
  }
  return byTenant;
}

function deploymentReasons(deployment: Deployment, found: Found): Reason[] {
  const id = idOf(deployment);
  const pods = found.pods.filter((pod) => idOf(pod) === id && isGateway(pod) && !isEnding(pod));
  const claims = found.claims.filter(
    ({ metadata, status }) => metadata.namespace === namespaceName(id) && status.phase !== "Bound",
  );
  const refused = deployment.status.conditions.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return [
    ...(refused === undefined ? [] : [refusal(refused.message)]),
    ...pods.flatMap(podReasons),
    ...eventsOf([...pods.filter(hasNotBegun), ...claims], found),
  ];
}

function jobReasons(job: Job, found: Found): Reason[] {
  const { name, namespace } = job.metadata;
  const of = (each: Reason): Reason => ({ ...each, text: `Job ${name}: ${each.text}` });
  const pods = found.pods.filter(
    ({ metadata }) =>
      metadata.namespace === namespace && metadata.labels["batch.kubernetes.io/job-name"] === name,
  );
  if (hasFailed(job)) {
    return [of(reason("job", logTailOf(pods) ?? conditionText(job)))];
  }
  const present = pods.filter((pod) => !isEnding(pod));
  // Once there is a pod, what refused one before is over.
  const refused = present.length === 0 ? [job] : [];
  return [
    ...present.flatMap(podReasons).map(triedAgain),
    ...eventsOf([...refused, ...present.filter(hasNotBegun)], found),
  ].map(of);
}

/** A Job makes another pod when one fails; it says itself when that is of no use. */
const triedAgain = (each: Reason): Reason =>
  each.cause === "container" ? { ...each, cause: "not ready yet" } : each;

/** The log tail of the container that failed: the scripts' last line is in the pod's status. */
function logTailOf(pods: readonly Pod[]): string | undefined {
  const containers = pods.flatMap(({ status }) => [
    ...status.initContainerStatuses,
    ...status.containerStatuses,
  ]);
  const failed = containers.findLast(({ state }) => (state.terminated?.exitCode ?? 0) !== 0);
  return failed?.state.terminated && `container ${failed.name} ${endOf(failed.state.terminated)}`;
}

const conditionText = ({ status }: Job): string =>
  status.conditions
    .filter((each) => ["Failed", "FailureTarget"].includes(each.type) && each.status === "True")
    .map(({ reason: why, message }) => `${why}: ${message}`)
    .at(-1) ?? "it failed";

/** Warnings of a pod whose containers have run are of the time before. */
const hasNotBegun = ({ status }: Pod): boolean =>
  [...status.initContainerStatuses, ...status.containerStatuses].every(
    ({ state, lastState }) => !state.running && !state.terminated && !lastState.terminated,
  );

const isEnding = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

function eventsOf(objects: readonly (Job | Pod | Claim)[], { events }: Found): Reason[] {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  return events.filter(({ involvedObject }) => uids.has(involvedObject.uid)).flatMap(eventReasons);
}
