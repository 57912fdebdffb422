import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import { type ManifestOf, skipAwait } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import type { EdgeFacts } from "../platform/facts.ts";

/** The route from the edge. Without a secretName the edge serves its one wildcard certificate. */
export function ingressSpec(
  tenant: Tenant,
  host: string,
  edge: EdgeFacts & { readonly kind: "ingress" },
): ManifestOf<k8s.types.input.networking.v1.Ingress> {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: objectNames.ingress,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
      annotations: { ...skipAwait },
    },
    spec: {
      ingressClassName: edge.ingressClass,
      tls: [{ hosts: [host] }],
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: objectNames.service, port: { name: "http" } } },
              },
            ],
          },
        },
      ],
    },
  };
}
