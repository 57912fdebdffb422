import { namespaceName } from "../components/names.ts";
import type { PolicyResource } from "./rule.ts";
import { at, type Value } from "./values.ts";

/** The fields of a Kubernetes object that rules read. */

/** `Deployment` of `kubernetes:apps/v1:Deployment`, and of `…:DeploymentPatch`; undefined for what is no object. */
export function kindOf({ type }: PolicyResource): string | undefined {
  return /^kubernetes:[^:]+:(?<kind>\w+?)(Patch)?$/.exec(type)?.groups?.kind;
}

const tenantNamespacePrefix = namespaceName("");

export const isTenantsNamespace = (name: string): boolean => name.startsWith(tenantNamespacePrefix);

/** Id of the tenant whose namespace the object is, or lies in. */
export function tenantOf(resource: PolicyResource): string | undefined {
  const kind = kindOf(resource);
  if (kind === undefined) {
    return undefined;
  }
  const namespace = at(resource.props, "metadata", kind === "Namespace" ? "name" : "namespace");
  return typeof namespace === "string" && isTenantsNamespace(namespace)
    ? namespace.slice(tenantNamespacePrefix.length)
    : undefined;
}

const podTemplates: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** The template that a workload makes its pods of; undefined for objects of other kinds. */
export function podTemplateOf(resource: PolicyResource): Value {
  const path = podTemplates[kindOf(resource) ?? ""];
  return path === undefined ? undefined : at(resource.props, ...path);
}

/** The specification of a pod or of a workload's pods; undefined for objects of other kinds. */
export function podSpecOf(resource: PolicyResource): Value {
  return kindOf(resource) === "Pod" ? at(resource.props, "spec") : at(podTemplateOf(resource), "spec");
}
