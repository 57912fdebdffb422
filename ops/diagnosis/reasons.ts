import { objectNames } from "../../components/names.ts";
import type { ContainerStatus, Event, Pod } from "./objects.ts";

/** The reason why a pod does not run, by its remedy. */
export type Cause =
  | "quota"
  | "admission"
  | "image"
  | "scheduling"
  | "volume"
  | "container"
  | "job"
  | "not ready yet";

export interface Reason {
  readonly cause: Cause;
  /** The words of whoever refused it, in one line. */
  readonly text: string;
}

/** Characters of a message that are shown: schedulers list every node, registries answer with pages. */
const longest = 400;

export function reason(cause: Cause, text: string): Reason {
  // The log tail of a container that runs a tenant's code may hold commands to a terminal.
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return { cause, text: line.length > longest ? `${line.slice(0, longest - 1)}…` : line };
}

/**
 * Whether it lasts until somebody changes something. What may go by itself is no reason to alarm anybody: a probe that does
 * not succeed yet, a Secret that the same update is about to make.
 */
export const isLasting = ({ cause }: Reason): boolean => cause !== "not ready yet";

/** The reason that a pod was refused: the message of a condition or an event `FailedCreate`. */
export function refusal(message: string): Reason {
  const text = message.replace(/^Error creating: /, "").replace(/^pods "[^"]*" is forbidden: /, "");
  if (/exceeded quota|must specify limits|must specify requests/.test(text)) {
    return reason("quota", text);
  }
  return isFromAdmission(text) ? reason("admission", text) : reason("not ready yet", text);
}

const isFromAdmission = (text: string): boolean =>
  [
    /ValidatingAdmissionPolicy '.*' with binding '.*' denied request/,
    /violates PodSecurity/,
    /admission webhook .* denied the request/,
    /(maximum|minimum) .* usage per (Container|Pod)/,
    / is invalid: /,
  ].some((known) => known.test(text));

const imageTroubles = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
]);

/** The ordinary course of things. */
const ordinary = new Set(["", "ContainerCreating", "PodInitializing"]);

/** Conditions of a pod by the scheduler and the kubelet. */
export function podReasons({ status }: Pod): Reason[] {
  const scheduled = status.conditions.find(({ type }) => type === "PodScheduled");
  return [
    ...(scheduled?.status === "False" && scheduled.reason === "Unschedulable"
      ? [reason("scheduling", scheduled.message)]
      : []),
    ...(status.phase === "Failed" && status.reason !== ""
      ? [reason("container", `${status.reason}: ${status.message}`)]
      : []),
    ...[...status.initContainerStatuses, ...status.containerStatuses].flatMap(containerReasons),
  ];
}

function containerReasons({ name, ready, state, lastState }: ContainerStatus): Reason[] {
  const { waiting, running, terminated = lastState.terminated } = state;
  const of = name === objectNames.container ? "" : `container ${name}: `;
  const ended = terminated === undefined || terminated.exitCode === 0 ? undefined : endOf(terminated);
  if (waiting !== undefined && imageTroubles.has(waiting.reason)) {
    return [reason("image", `${of}${waiting.reason}: ${waiting.message}`)];
  }
  if (waiting !== undefined && !ordinary.has(waiting.reason)) {
    return [reason("container", `${of}${waiting.reason}: ${ended ?? waiting.message}`)];
  }
  if (ended !== undefined) {
    return [reason("container", `${of}${ended}`)];
  }
  return running !== undefined && !ready
    ? [reason("not ready yet", `${of}it runs, and its probes do not say that it is ready`)]
    : [];
}

export function endOf({
  exitCode,
  reason: why,
  message,
}: {
  exitCode: number;
  reason: string;
  message: string;
}) {
  return `ended with code ${exitCode}${why === "" || why === "Error" ? "" : ` (${why})`}${message.trim() === "" ? "" : `: ${message.trim()}`}`;
}

const volumeEvents = new Set([
  "FailedMount",
  "FailedAttachVolume",
  "ProvisioningFailed",
  "FailedBinding",
  "VolumeResizeFailed",
]);

/** The meaning of a warning event, where no object's status has it. */
export function eventReasons({ reason: what, message }: Event): Reason[] {
  if (what === "FailedCreate") {
    return [refusal(message)];
  }
  return volumeEvents.has(what) ? [reason("volume", `${what}: ${message}`)] : [];
}
