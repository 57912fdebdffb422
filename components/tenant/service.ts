import type * as k8s from "@pulumi/kubernetes";
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
