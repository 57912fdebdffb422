import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { gatewayPort, namespaceName, objectNames } from "../names.ts";
import type { PlatformFacts } from "../platform/facts.ts";
import { redisPort } from "../services/cache.ts";
import { postgresPort } from "../services/database.ts";
import { serviceNetworkRules } from "../services/networks.ts";
import { objectStorePort } from "../services/objectStore.ts";
import type { SharedServices } from "../services/sharedServices.ts";

/**
 * IPv4 networks that are not the public internet: private, carrier-grade NAT (with Alibaba's metadata service
 * 100.100.100.200), link-local (with every other cloud's 169.254.169.254), loopback, reserved and multicast.
 * Source: IANA IPv4 Special-Purpose Address Registry.
 */
export const nonPublicIpv4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/**
 * IPv6 networks that are not the public internet, NAT64 included, which would lead back to the networks above.
 * (IPv4-mapped addresses are missing because a NetworkPolicy may not name them: on the wire they are IPv4.)
 * Source: IANA IPv6 Special-Purpose Address Registry.
 */
export const nonPublicIpv6 = [
  "::/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
] as const;

/** The part of the shared services that a network policy needs. */
export type ServicePlaces = Pick<SharedServices, "kind" | "namespace" | "networks">;

/**
 * ONE policy a tenant: clouds advise at most about 100 a cluster on Terway. It denies by default (both policy
 * types, every pod) and then opens what the tenant needs: in from the edge, out to DNS, the model gateway, the shared
 * services and the public internet.
 */
export function networkPolicySpec(
  tenant: Tenant,
  platform: PlatformFacts,
  services: ServicePlaces,
): ManifestOf<k8s.types.input.networking.v1.NetworkPolicy> {
  const { edge, dns, modelGateway } = platform;
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: {
      name: objectNames.networkPolicy,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
    },
    spec: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ namespaceSelector: namespaceNamed(edge.namespace) }],
          ports: [{ protocol: "TCP", port: gatewayPort }],
        },
      ],
      egress: [
        {
          to: [
            {
              namespaceSelector: namespaceNamed(dns.namespace),
              podSelector: { matchLabels: { ...dns.podLabels } },
            },
            ...dns.nodeLocalCidrs.map((cidr) => ({ ipBlock: { cidr } })),
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        {
          to: [{ namespaceSelector: namespaceNamed(modelGateway.namespace) }],
          ports: [{ protocol: "TCP", port: modelGateway.port }],
        },
        ...serviceRules(tenant, services),
        {
          to: [
            { ipBlock: { cidr: "0.0.0.0/0", except: [...nonPublicIpv4] } },
            { ipBlock: { cidr: "::/0", except: [...nonPublicIpv6] } },
          ],
        },
      ],
    },
  };
}

/** Backups go to the object store; the rest is for tenants with data services. */
function serviceRules({ dataServices }: Tenant, { kind, namespace, networks }: ServicePlaces) {
  if (kind === "inCluster") {
    const ports = dataServices ? [postgresPort, redisPort, objectStorePort] : [objectStorePort];
    return [
      {
        to: [{ namespaceSelector: namespaceNamed(namespace) }],
        ports: ports.map((port) => ({ protocol: "TCP", port })),
      },
    ];
  }
  return serviceNetworkRules(networks.filter(({ port }) => dataServices || port !== postgresPort));
}

/** Every namespace carries its own name as this label; the API server sets it and nobody can change it. */
function namespaceNamed(name: string) {
  return { matchLabels: { "kubernetes.io/metadata.name": name } };
}
