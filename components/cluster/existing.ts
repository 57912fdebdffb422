import { Provider } from "@pulumi/kubernetes/provider.js";
import type { Cluster } from "./index.ts";

export interface ExistingClusterSettings {
  readonly kind: "existing";
  readonly name: string;
  /** Context of the kubeconfig. There is no default: the current context may be anybody's production. */
  readonly context: string;
}

/** A cluster that somebody else made, reached through the kubeconfig of whoever runs Pulumi. */
export function existingCluster(settings: ExistingClusterSettings): Cluster {
  const provider = new Provider("cluster", {
    context: settings.context,
    clusterIdentifier: settings.name,
    enableServerSideApply: true,
    // Names are fixed, so changed data is applied in place; without these two a change would delete the object
    // first and leave the pod without it meanwhile.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    // A run that was killed half-way has made objects its state does not know; the next one takes them over.
    upsertExistingObjects: true,
  });
  return { provider, facts: { name: settings.name } };
}
