import type * as k8s from "@pulumi/kubernetes";

/** A cluster, whatever made it: the provider that talks to it, and what is known of it. */
export interface Cluster {
  readonly provider: k8s.Provider;
  readonly facts: ClusterFacts;
}

export interface ClusterFacts {
  /** Names the cluster for good; another name is another cluster, and everything in it is created anew. */
  readonly name: string;
}

export { type ExistingClusterSettings, existingCluster } from "./existing.ts";
