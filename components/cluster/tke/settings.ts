import { z } from "zod";
import { networkSchema, nodePoolsSchema } from "../managedSettings.ts";
import { digits, tencentRegion, tkeClusterName } from "./names.ts";

const nodePools = nodePoolsSchema(/^[A-Z][A-Z0-9]*\.[A-Z0-9]+$/, 50);

export type NodePoolSettings = z.infer<typeof nodePools>["system"];

/** The network; the bandwidth, in Mbit/s, is that of the NAT gateway and of each of its two addresses. */
const network = networkSchema(z.literal([20, 50, 100, 200, 500, 1000, 2000, 5000]).default(100));

/** A managed TKE cluster with its own network. Sizes and addresses have no default; what is only safe or unsafe has no switch. */
export const tkeSettingsSchema = z
  .strictObject({
    kind: z.literal("tke"),
    name: tkeClusterName,
    region: tencentRegion,
    /** The account that the cluster is in: credentials of another one are refused. */
    account: z.strictObject({ uin: digits, appId: digits }),
    /** The version of Kubernetes, as TKE names it. @example 1.32.2 */
    version: z.string().regex(/^1\.\d+\.\d+$/),
    /** Nodes that the control plane is made for at first, L5 to L5000; TKE raises it as nodes are added. @default L50 */
    level: z
      .string()
      .regex(/^L\d+$/)
      .default("L50"),
    network,
    nodePools,
    audit: z
      .strictObject({
        /** Days that logs are kept. MLPS 2.0 (GB/T 22239-2019) and the Cybersecurity Law require half a year. @default 180 */
        retentionDays: z.int().min(1).max(3600).default(180),
      })
      .prefault({}),
    maintenance: z
      .strictObject({
        /** @default ["TU"] */
        days: z
          .array(z.enum(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]))
          .min(1)
          .default(["TU"]),
        /** Time of day at which the window begins, in China. @default 02:00:00 */
        start: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/)
          .default("02:00:00"),
        /** Length of the window. @default 3 */
        hours: z.int().min(1).max(24).default(3),
      })
      .prefault({}),
    /** Add-ons of TKE by name, beyond those that every managed cluster has. @default none */
    addons: z.array(z.string().regex(/^[a-z0-9-]+$/)).default([]),
  })
  .refine(({ region, network }) => network.zones.every(({ id }) => id.startsWith(`${region}-`)), {
    path: ["network", "zones"],
    error: "a zone is not of the cluster's region",
  });

export type TkeSettings = z.infer<typeof tkeSettingsSchema>;
