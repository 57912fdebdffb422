import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./cloud.ts";
import type { ClusterConnection } from "./connection.ts";

/** A cluster, whatever made it. */
export interface Cluster {
  readonly kind: ClusterConnection["kind"];
  /** The name: immutable, and unique in its cloud's account. */
  readonly name: string;
  readonly provider: k8s.Provider;
  /** The connection by which other stacks reach it. */
  readonly connection: pulumi.Input<ClusterConnection>;
  /** Kubeconfig of a managed cluster, with the rights of whoever runs Pulumi; a secret. An existing cluster is in the runner's own. */
  readonly kubeconfig?: pulumi.Output<string>;
  /** The cloud that it is in; none for a cluster outside clouds, or one whose cloud is not managed here. */
  readonly cloud?: Cloud;
}
