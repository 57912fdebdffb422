import { labelKeys } from "../../components/labels.ts";
import { kindOf, podTemplateOf, tenantOf } from "../kubernetes.ts";
import type { ResourceRule } from "../rule.ts";
import { at, isNot, items, shown, type Value } from "../values.ts";

export const tenantLabel: ResourceRule = {
  name: "tenant-label",
  description: "Every object in a tenant's namespace says whose it is.",
  check: (resource) => {
    const tenant = tenantOf(resource);
    if (tenant === undefined) {
      return [];
    }
    const template = podTemplateOf(resource);
    return [
      ...labelProblems(resource.props, "metadata.labels", tenant),
      ...(template === undefined
        ? []
        : labelProblems(template, "the pod template's metadata.labels", tenant)),
    ];
  },
};

function labelProblems(object: Value, path: string, tenant: string): readonly string[] {
  const label = at(object, "metadata", "labels", labelKeys.tenant);
  return isNot(label, tenant)
    ? [`${path}: ${labelKeys.tenant} is ${shown(label)}, write ${shown(tenant)}`]
    : [];
}

const podSecurityKey = "pod-security.kubernetes.io/enforce";

export const podSecurityLabel: ResourceRule = {
  name: "pod-security-label",
  description: "Every namespace enforces a Pod Security level, a tenant's the strictest.",
  check: (resource) => {
    if (kindOf(resource) !== "Namespace") {
      return [];
    }
    const level = at(resource.props, "metadata", "labels", podSecurityKey);
    const allowed = tenantOf(resource) === undefined ? ["restricted", "baseline"] : ["restricted"];
    return isNot(level, ...allowed)
      ? [`the label ${podSecurityKey} is ${shown(level)}: write ${allowed.map(shown).join(" or ")}`]
      : [];
  },
};

export const tenantService: ResourceRule = {
  name: "tenant-service",
  description: "A tenant is reached through the edge only.",
  check: (resource) => {
    if (kindOf(resource) !== "Service" || tenantOf(resource) === undefined) {
      return [];
    }
    const type = at(resource.props, "spec", "type");
    return [
      ...(isNot(type, undefined, "ClusterIP") ? [`spec.type is ${shown(type)}: write "ClusterIP"`] : []),
      ...(items(at(resource.props, "spec", "externalIPs")).length > 0
        ? ["spec.externalIPs claims addresses of others: leave it out"]
        : []),
    ];
  },
};
