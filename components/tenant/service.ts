import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Tenant } from "../../tenants/schema.ts";
import { type ManifestOf, skipAwait } from "../kubernetesObject.ts";
import { tenantLabels, workloadSelector } from "../labels.ts";
import { gatewayPort, namespaceName, objectNames } from "../names.ts";

export function serviceSpec(tenant: Tenant): ManifestOf<k8s.types.input.core.v1.Service> {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: objectNames.service,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
      annotations: { ...skipAwait },
    },
    spec: {
      type: "ClusterIP",
      selector: { ...workloadSelector },
      ports: [{ name: "http", protocol: "TCP", port: gatewayPort, targetPort: "http", appProtocol: "http" }],
    },
  };
}

/**
 * The address of a Service, as the API server has given it.
 *
 * @param spec of the Service in the cluster; in a preview that of the manifest, if the Service is yet to be made
 */
export function clusterAddress(spec: unknown): string {
  const address = (spec as { readonly clusterIP?: unknown } | undefined)?.clusterIP;
  if (typeof address === "string") {
    return address;
  }
  if (pulumi.runtime.isDryRun()) {
    return pulumi.unknown as unknown as string;
  }
  throw new TypeError("the API server gave the tenant's Service no address");
}
