import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "./kubernetesObject.ts";

/** Objects of batch/v1 and their pods, as plain data. */

export type Job = ManifestOf<k8s.types.input.batch.v1.Job>;
export type PodTemplate = NonNullable<NonNullable<Job["spec"]>["template"]>;
type PodSpec = NonNullable<PodTemplate["spec"]>;
export type Container = PodSpec["containers"][number];

/** An environment variable of a container. */
export const variable = (name: string, value: string) => ({ name, value });
