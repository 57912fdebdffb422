import type * as pulumi from "@pulumi/pulumi";
import { createSecurityGroup, type SecurityRules } from "../../cluster/tke/network.ts";
import type { ServicePlace } from "../place.ts";

/** Nodes and pods reach the service's port, and nobody else reaches anything. */
export const serviceRules = (
  service: string,
  port: number,
  clientCidrs: readonly string[],
): SecurityRules => ({
  description: `The ${service} of OpenClaw tenants`,
  ingresses: clientCidrs.map((cidrBlock) => ({
    action: "ACCEPT",
    cidrBlock,
    protocol: "TCP",
    port: `${port}`,
    description: "nodes and pods",
  })),
  egresses: [],
});

export function serviceSecurityGroup(
  { name, site, options }: ServicePlace,
  cluster: string,
  service: string,
  port: number,
): pulumi.Output<string> {
  const rules = serviceRules(service, port, site.clientCidrs);
  return createSecurityGroup(
    `${name}-${service}-access`,
    { name: `${cluster}-${service}`, ...rules },
    options,
  );
}
