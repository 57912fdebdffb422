import { Provider, type ProviderArgs } from "@pulumi/kubernetes/provider.js";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider of everything in a cluster.
 *
 * @param cluster names it for good: short-lived kubeconfigs come and go, and what is in the cluster stays what it is.
 */
export function clusterProvider(
  cluster: string,
  access: Pick<ProviderArgs, "context" | "kubeconfig">,
  opts: pulumi.CustomResourceOptions = {},
): Provider {
  return new Provider(
    "cluster",
    {
      ...access,
      clusterIdentifier: cluster,
      enableServerSideApply: true,
      // Names are fixed, so changed data is applied in place; without these two a change would delete the object
      // first and leave the pod without it meanwhile.
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      // A run that was killed half-way has made objects its state does not know; the next one takes them over.
      upsertExistingObjects: true,
    },
    opts,
  );
}
