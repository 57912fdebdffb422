import { annotationKeys, labelKeys } from "../../components/labels.ts";
import { isDataProtected } from "../../tenants/retention.ts";
import { dataStores } from "../dataStores.ts";
import { kindOf, tenantOf } from "../kubernetes.ts";
import type { PolicyResource, ResourceRule } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, isNot, shown, type Value } from "../values.ts";

/**
 * A policy never sees a deletion: the engine asks about what is registered, and what is deleted no longer is. What can
 * be required is that data is registered with `protect`, and then the engine refuses the deletion itself.
 *
 * @param today YYYY-MM-DD, for the data of offboarded tenants whose retention date has come.
 */
export function protectedData(today: string): ResourceRule {
  return {
    name: "protected-data",
    description: "What holds data is protected from deletion.",
    check: (resource) => {
      if (resource.protect || !(Object.hasOwn(dataStores, resource.type) || isTenantData(resource, today))) {
        return [];
      }
      return ["one deleted line would delete it: register it with the option protect: true"];
    },
  };
}

/** A tenant's namespace or volume claim, unless an offboarded one's whose data need not be kept any longer. */
function isTenantData(resource: PolicyResource, today: string): boolean {
  const kind = kindOf(resource);
  if (tenantOf(resource) === undefined || (kind !== "Namespace" && kind !== "PersistentVolumeClaim")) {
    return false;
  }
  const state = at(resource.props, "metadata", "labels", labelKeys.state);
  const retainUntil = at(resource.props, "metadata", "annotations", annotationKeys.retainUntil);
  // A claim does not carry its tenant's state; only offboarded tenants have a retention date.
  const isOffboarded = state === "offboarded" || kind === "PersistentVolumeClaim";
  return !(
    isOffboarded &&
    typeof retainUntil === "string" &&
    !isDataProtected({ state: "offboarded", retainUntil }, today)
  );
}

/** The provider's own lock against deletion, beside the engine's. */
const locks: Readonly<Record<string, { readonly property: string; readonly on: Value }>> = {
  [alicloud.kmsKey]: { property: "deletionProtection", on: "Enabled" },
  [alicloud.managedKubernetes]: { property: "deletionProtection", on: true },
  [alicloud.rdsInstance]: { property: "deletionProtection", on: true },
  [alicloud.redisInstance]: { property: "instanceReleaseProtection", on: true },
  [tencentcloud.kubernetesCluster]: { property: "deletionProtection", on: true },
  [tencentcloud.postgresqlInstance]: { property: "deleteProtection", on: true },
};

export const deletionProtection: ResourceRule = {
  name: "deletion-protection",
  description: "Clusters, databases and keys refuse deletion in the cloud's own console too.",
  check: ({ type, props }) => {
    const lock = locks[type];
    if (lock === undefined || !isNot(at(props, lock.property), lock.on)) {
      return [];
    }
    return [`${lock.property} is ${shown(at(props, lock.property))}: write ${shown(lock.on)}`];
  },
};
