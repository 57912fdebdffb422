import { createHash } from "node:crypto";
import { basename } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import { paths } from "../instance/paths.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import type { OpenClawConfig } from "./openclawConfig.ts";

/** The text of openclaw.json, on one line: Pulumi shows a changed JSON text by its properties anyway. */
export const configText = (config: OpenClawConfig): string => JSON.stringify(config);

/** SHA-256 of what a pod reads of {@link configData} at its start only, which is all of it. */
export const configChecksum = (text: string, authority = ""): string =>
  createHash("sha256").update(text).update(authority).digest("hex");

/** The ConfigMap without its data. */
export function configSpec(tenant: Tenant): ManifestOf<k8s.types.input.core.v1.ConfigMap> {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: objectNames.config, namespace: namespaceName(tenant.id), labels: tenantLabels(tenant) },
  };
}

/**
 * @param text of openclaw.json
 * @param authority PEM, of the shared services in the cluster
 */
export const configData = (text: string, authority: string | undefined): Record<string, string> => ({
  [basename(paths.config)]: text,
  ...(authority === undefined ? {} : { [basename(paths.servicesAuthority)]: authority }),
});
