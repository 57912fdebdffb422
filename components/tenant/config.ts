import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import type { OpenClawConfig } from "./openclawConfig.ts";

/** The text of openclaw.json, on one line: Pulumi shows a changed JSON text by its properties anyway. */
export const configText = (config: OpenClawConfig): string => JSON.stringify(config);

export const configChecksum = (text: string): string => createHash("sha256").update(text).digest("hex");

export function configSpec(tenant: Tenant, text: string): ManifestOf<k8s.types.input.core.v1.ConfigMap> {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: objectNames.config, namespace: namespaceName(tenant.id), labels: tenantLabels(tenant) },
    data: { "openclaw.json": text },
  };
}
