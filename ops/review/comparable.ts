import type { Step, StepState } from "./events.ts";
import { inputChanges } from "./inputsDiff.ts";
import { at, type PropertyPath, pathParts } from "./propertyPath.ts";
import { canonicalQuantity } from "./quantity.ts";
import type { Inputs } from "./shownInputs.ts";

/**
 * A step in words that do not depend on who provides the resource: the official provider of Kubernetes spells
 * quantities in its own way and tells of fields that the API server fills in, the stand-in does neither. Of other
 * providers' resources only what they write for themselves is left out.
 */
export function comparableStep(step: Step): Step {
  const paths = Object.entries(step.detailedDiff ?? {});
  const state = (full: Step["old"]): Step["old"] =>
    full && { ...full, inputs: comparableInputs(full.inputs, step.type) };
  return {
    ...step,
    old: state(step.old),
    new: state(step.new),
    detailedDiff: Object.fromEntries(paths.filter(([path]) => !isMeaningless(step, pathParts(path)))),
    diffs: step.diffs.filter((key) => !isServers(step.type, [key])),
  };
}

/**
 * Whether an update is none but for the spelling of what stays as it is, or for fields that nobody but the API server
 * sets. Where the engine has not said what differs, it is an update.
 *
 * @param step as the engine tells it
 */
export function changesNothing(step: Step): boolean {
  const { old, new: now, detailedDiff } = comparableStep(step);
  return (
    isKubernetes(step.type) &&
    Object.keys(step.detailedDiff ?? {}).length > 0 &&
    Object.keys(detailedDiff ?? {}).length === 0 &&
    inputChanges(inputsOf(old), inputsOf(now)).length === 0
  );
}

const inputsOf = (state: StepState | null | undefined): Inputs => state?.inputs ?? {};

/** @param type token of the resource */
const comparableInputs = (inputs: Inputs, type: string): Inputs => mapping(inputs, type, []);

const mapping = (inputs: object, type: string, path: PropertyPath): Inputs =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(
        ([key, value]) => !isServers(type, [...path, key]) && !(isKubernetes(type) && isEmptyList(value)),
      )
      .map(([key, value]) => [key, comparable(value, type, [...path, key])]),
  );

function comparable(value: unknown, type: string, path: PropertyPath): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => comparable(item, type, [...path, `${index}`]));
  }
  if (typeof value === "object" && value !== null) {
    return mapping(value, type, path);
  }
  return isQuantity(type, path) ? (canonicalQuantity(value) ?? value) : value;
}

/** Whether a difference at a path is one of spelling alone, or of what the API server fills in. */
function isMeaningless({ type, old, new: now }: Step, path: PropertyPath): boolean {
  if (isServers(type, path)) {
    return true;
  }
  const [was, is] = [at(inputsOf(old), path), at(inputsOf(now), path)];
  // Where both are spelt alike, something else is meant: what is in the cluster, for one.
  if (was === is) {
    return false;
  }
  if (isKubernetes(type) && [was, is].every((value) => value === undefined || isEmptyList(value))) {
    return true;
  }
  const [from, to] = isQuantity(type, path) ? [was, is].map(canonicalQuantity) : [];
  return from !== undefined && from === to;
}

/** An empty list is to the API server the same as none: the official provider leaves it out. */
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

const isKubernetes = (type: string): boolean => type.startsWith("kubernetes:");

/** Metadata that the API server fills in, of an object and of a template for others. */
const serverMetadata: readonly (string | undefined)[] = [
  "creationTimestamp",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];

/** Whether a provider or the API server writes this, and never the program. */
function isServers(type: string, path: PropertyPath): boolean {
  const [top] = path;
  // `__inputs`, `__fieldManager`, `__initialApiVersion`, `__defaults`
  if (top?.startsWith("__")) {
    return true;
  }
  if (!isKubernetes(type)) {
    return false;
  }
  return (
    top === "status" ||
    path.some((part, index) => part === "metadata" && serverMetadata.includes(path[index + 1]))
  );
}

/** Whether an object of this type has a quantity there, which is more than a text. */
function isQuantity(type: string, path: PropertyPath): boolean {
  if (!isKubernetes(type)) {
    return false;
  }
  const [owner, group, key] = path.slice(-3);
  if (key === "sizeLimit" && group === "emptyDir") {
    return true;
  }
  if (key === "divisor" && group === "resourceFieldRef") {
    return true;
  }
  if (owner === "resources" && (group === "requests" || group === "limits")) {
    return true;
  }
  const [spec, field] = path;
  if (spec !== "spec") {
    return false;
  }
  return (
    (type === "kubernetes:core/v1:ResourceQuota" && field === "hard" && path.length === 3) ||
    (type === "kubernetes:core/v1:PersistentVolume" && field === "capacity" && path.length === 3) ||
    (type === "kubernetes:core/v1:LimitRange" && field === "limits" && path.length === 5)
  );
}
