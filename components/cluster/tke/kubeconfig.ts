import type * as pulumi from "@pulumi/pulumi";
import { getKubernetesClustersOutput, type KubernetesClusters } from "../../tencentcloud/tke.ts";

/**
 * A kubeconfig for the private address, of whoever runs Pulumi: TKE issues a client certificate to every user and role
 * of the account. A secret, and a long-lived one: the certificate is good until somebody renews it in the console.
 */
export const privateKubeconfig = (
  clusterId: pulumi.Input<string>,
  opts: { readonly provider: pulumi.ProviderResource; readonly parent?: pulumi.Resource },
): pulumi.Output<string> => getKubernetesClustersOutput({ clusterId }, opts).apply(kubeconfigOf);

/** @throws Error when the cluster has no private address, or is none of the account's */
export function kubeconfigOf({ lists: [cluster] }: KubernetesClusters): string {
  if (!cluster?.kubeConfigIntranet) {
    throw new Error(
      "TKE gives no kubeconfig for the cluster's private address: the cluster is not in this account and region, or " +
        "its endpoint for the VPC is not on (TKE console, Basic information, Cluster APIServer information)",
    );
  }
  return cluster.kubeConfigIntranet;
}
