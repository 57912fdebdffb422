import type { Cluster } from "./cluster.ts";
import type { ExistingCluster } from "./connection.ts";
import { clusterProvider } from "./provider.ts";

/** A cluster that somebody else made, reached through the kubeconfig of whoever runs Pulumi. */
export function existingCluster(connection: ExistingCluster): Cluster {
  const { name, context } = connection;
  return { kind: "existing", name, provider: clusterProvider(name, { context }), connection };
}
