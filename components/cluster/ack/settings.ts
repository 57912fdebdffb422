import { z } from "zod";
import { networkSchema, nodePoolsSchema } from "../managedSettings.ts";
import { ackClusterName, alicloudRegion } from "./names.ts";

const nodePools = nodePoolsSchema(/^ecs\.[a-z0-9-]+\.[a-z0-9]+$/, 40);

export type NodePoolSettings = z.infer<typeof nodePools>["system"];

/** The network; the bandwidth, in Mbit/s, is that of each of the two egress addresses. */
const network = networkSchema(z.int().min(1).max(200).default(200));

const weekday = z.enum(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);

/** An ACK Pro cluster with its own network. Sizes and addresses have no default; what is only safe or unsafe has no switch. */
export const ackSettingsSchema = z
  .strictObject({
    kind: z.literal("ack"),
    name: ackClusterName,
    region: alicloudRegion,
    network,
    nodePools,
    audit: z.strictObject({
      /** SLS project of the audit and control-plane logs: unique in the whole of Alibaba Cloud. */
      project: z.string().regex(/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/),
      /**
       * Days that the control plane's logs are kept. MLPS 2.0 (GB/T 22239-2019) and the Cybersecurity Law require half a
       * year. @default 180
       */
      retentionDays: z.int().min(1).max(3000).default(180),
    }),
    /** The key that encrypts disks. @default the region's default key, which is made: free, one an account and region */
    encryption: z
      .strictObject({
        /** An existing key: `acs:kms:<region>:<account>:key/<id>`. */
        keyArn: z
          .string()
          .regex(/^acs:kms:[a-z0-9-]+:\d+:key\/\S+$/)
          .optional(),
        /** The KMS instance to make a key in. */
        kmsInstance: z.string().min(1).optional(),
      })
      .refine(({ keyArn, kmsInstance }) => keyArn === undefined || kmsInstance === undefined, {
        error: "keyArn is a key that exists, kmsInstance is where to make one: say one of them",
      })
      .prefault({}),
    maintenance: z
      .strictObject({
        /** @default ["Tuesday"] */
        days: z.array(weekday).min(1).default(["Tuesday"]),
        /** First start, with a date and an offset. @default 2026-01-06T02:00:00.000+08:00 */
        start: z.iso.datetime({ offset: true }).default("2026-01-06T02:00:00.000+08:00"),
        /** Length of the window. @default 3 */
        hours: z.int().min(1).max(24).default(3),
        /** The channel of the Kubernetes versions that ACK upgrades to in the window. @default stable */
        channel: z.enum(["patch", "stable", "rapid"]).default("stable"),
      })
      .prefault({}),
  })
  .refine(({ region, network }) => network.zones.every(({ id }) => id.startsWith(`${region}-`)), {
    path: ["network", "zones"],
    error: "a zone is not of the cluster's region",
  });

export type AckSettings = z.infer<typeof ackSettingsSchema>;
