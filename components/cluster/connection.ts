import { z } from "zod";
import { ackClusterName, alicloudRegion } from "./ack/names.ts";
import { digits, tencentRegion, tkeClusterName } from "./tke/names.ts";

/** DNS label. */
const label = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

/** A cluster that somebody else made. */
export const existingClusterSchema = z.strictObject({
  kind: z.literal("existing"),
  /** Names the cluster for good; another name is another cluster, and everything in it is created anew. */
  name: label,
  /** Context of the kubeconfig. There is no default: the current context may be anybody's production. */
  context: z.string().min(1),
});

export type ExistingCluster = z.infer<typeof existingClusterSchema>;

/** An ACK cluster that another stack made. Whoever runs Pulumi asks the cloud for a credential, and must be in its VPC. */
const ackConnectionSchema = z.strictObject({
  kind: z.literal("ack"),
  name: ackClusterName,
  region: alicloudRegion,
  clusterId: z.string().min(1),
  /** URL of the API server inside the VPC. */
  server: z.url({ protocol: /^https$/ }),
});

export type AckConnection = z.infer<typeof ackConnectionSchema>;

/** A TKE cluster that another stack made. Whoever runs Pulumi asks the cloud for a credential, and must be in its VPC. */
const tkeConnectionSchema = z.strictObject({
  kind: z.literal("tke"),
  name: tkeClusterName,
  region: tencentRegion,
  account: z.strictObject({ uin: digits, appId: digits }),
  clusterId: z.string().min(1),
});

export type TkeConnection = z.infer<typeof tkeConnectionSchema>;

/** The connection to a cluster that the stack did not make, as settings say it. Never a credential. */
export const clusterConnectionSchema = z.discriminatedUnion("kind", [
  existingClusterSchema,
  ackConnectionSchema,
  tkeConnectionSchema,
]);

export type ClusterConnection = z.infer<typeof clusterConnectionSchema>;

/** The stack output `cluster`, of this version or a later one: keys that are not known are left out. */
export const publishedConnectionSchema = z.discriminatedUnion("kind", [
  existingClusterSchema.strip(),
  ackConnectionSchema.strip(),
  tkeConnectionSchema.extend({ account: tkeConnectionSchema.shape.account.strip() }).strip(),
]) satisfies z.ZodType<ClusterConnection>;
