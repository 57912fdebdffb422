import { annotationKeys } from "../../components/labels.ts";
import { dataStores } from "../../policy/dataStores.ts";
import { alicloud, tencentcloud } from "../../policy/types.ts";
import type { Step, StepState } from "./events.ts";
import type { StepKind } from "./model.ts";
import { at } from "./propertyPath.ts";
import { quantityNumber } from "./quantity.ts";

/**
 * Why a step of a preview may cost somebody data: it deletes or replaces what holds data or is protected, makes a
 * store smaller, or takes away what keeps data from being deleted. None for other steps, a deleted route for one.
 */
export function dangersOf(step: Step, kind: StepKind | "same"): string[] {
  if (kind === "delete" || kind === "replace") {
    return endings(step, kind);
  }
  return step.old && step.new ? weakenings(step, step.old, step.new) : [];
}

function endings({ type, old, keys }: Step, kind: "delete" | "replace"): string[] {
  const store = stores[type];
  const reasons = [
    ...(store ? [`${kind}s ${store}`] : []),
    ...(old?.protect ? ["it is protected, so the engine refuses"] : []),
  ];
  if (reasons.length === 0) {
    return [];
  }
  return [
    ...reasons,
    ...(old?.retainOnDelete ? ["it leaves the stack, and what is there stays there"] : []),
    ...(kind === "replace" && keys.length > 0 ? [`because of ${keys.join(", ")}`] : []),
  ];
}

/** Resources that hold data, or without which data cannot be read. A protected one counts whatever its type. */
const stores: Readonly<Record<string, string>> = {
  ...dataStores,
  "kubernetes:core/v1:Namespace": "a namespace with all that is in it",
  "kubernetes:core/v1:PersistentVolume": "a volume",
  "kubernetes:core/v1:PersistentVolumeClaim": "a volume",
  [alicloud.managedKubernetes]: "a cluster",
  [tencentcloud.kubernetesCluster]: "a cluster",
};

/** Inputs by which clouds refuse a deletion in their own consoles too, with what they then say. */
const locks: readonly { readonly input: string; readonly on: readonly unknown[] }[] = [
  { input: "deletionProtection", on: [true, "Enabled"] },
  { input: "deleteProtection", on: [true] },
  { input: "instanceReleaseProtection", on: [true] },
];

function weakenings({ type }: Step, old: StepState, now: StepState): string[] {
  return [
    ...(old.protect && !now.protect ? ["is no longer protected from deletion"] : []),
    ...(old.retainOnDelete && !now.retainOnDelete ? ["would no longer outlive its resource"] : []),
    ...locks
      .filter(({ input, on }) => on.includes(old.inputs[input]) && !on.includes(now.inputs[input]))
      .map(({ input }) => `the cloud's own protection, ${input}, is switched off`),
    ...(Object.hasOwn(stores, type) ? shrinkings(old, now) : []),
    ...retentionLifted(old, now),
  ];
}

/** The properties with the size of a store, as a number or a quantity: of claims, RDS, TencentDB and CBS, Tencent's Redis. */
const sizePaths: readonly (readonly string[])[] = [
  ["spec", "resources", "requests", "storage"],
  ["instanceStorage"],
  ["storage"],
  ["storageSize"],
  ["memSize"],
];

function shrinkings(old: StepState, now: StepState): string[] {
  return sizePaths.flatMap((path) => {
    const [was, is] = [at(old.inputs, path), at(now.inputs, path)];
    const [from, to] = [quantityNumber(was), quantityNumber(is)];
    return from !== undefined && to !== undefined && to < from ? [`shrinks from ${was} to ${is}`] : [];
  });
}

function retentionLifted(old: StepState, now: StepState): string[] {
  const path = ["metadata", "annotations", annotationKeys.retainUntil];
  const [from, to] = [at(old.inputs, path), at(now.inputs, path)];
  return typeof from === "string" && typeof to === "string" && to < from
    ? [`data is kept until ${to} instead of ${from}`]
    : [];
}
