import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { TencentAccount } from "../tencentcloud/provider.ts";

/** The cloud that a managed cluster is in, for what stands beside it. */
export type Cloud = AlibabaCloud | TencentCloud;

export type AlibabaCloud = CloudOf<"alicloud">;

export interface TencentCloud extends CloudOf<"tencentcloud"> {
  /** Its numbers are part of the names of roles and of what policies allow. */
  readonly account: TencentAccount;
}

/** The same for every cloud. */
interface CloudOf<Kind extends string> {
  readonly kind: Kind;
  /** The cloud's own name of it, such as `cn-hangzhou`. */
  readonly region: string;
  /** The provider of the cloud's resources. Each names it: default providers are disabled. */
  readonly provider: pulumi.ProviderResource;
  /** Known only to the stack that made the cluster. */
  readonly site?: CloudSite;
}

/** The place of managed services: in the cluster's network, and closed to everything else. */
export interface CloudSite {
  readonly vpcId: pulumi.Output<string>;
  /** Subnets of the nodes, one a zone, in the order of the settings. */
  readonly subnets: readonly CloudSubnet[];
  /** Networks of nodes, in which databases and caches have their addresses too. */
  readonly nodeCidrs: readonly string[];
  /** Networks of nodes and pods: whom a database or a cache lets in. */
  readonly clientCidrs: readonly string[];
  /** Public addresses that everything in the network goes out from: what others put on their allow-lists. */
  readonly egressAddresses: readonly pulumi.Output<string>[];
  /** The key that data at rest is encrypted with. */
  readonly encryptionKey: CloudKey;
  /** The identity provider that the cloud trusts for a pod's ServiceAccount. */
  readonly identityProvider: pulumi.Output<IdentityProvider>;
}

export interface CloudSubnet {
  readonly zone: string;
  readonly id: pulumi.Output<string>;
}

export interface CloudKey {
  readonly id: pulumi.Output<string>;
  /** Its name in the cloud's policies. */
  readonly arn: pulumi.Output<string>;
}

/** An OIDC provider that the cloud trusts: the cluster's issuer of ServiceAccount tokens. */
export const identityProviderSchema = z.object({ arn: z.string(), issuer: z.string() });

export type IdentityProvider = z.infer<typeof identityProviderSchema>;
