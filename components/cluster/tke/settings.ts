import { z } from "zod";
import { networkFaults } from "../networkFaults.ts";
import { digits, tencentRegion, tkeClusterName } from "./names.ts";

const nodePoolSchema = z
  .strictObject({
    /** Of CVM, the preferred one first; several, because a zone runs out of one. */
    instanceTypes: z.array(z.string().regex(/^[A-Z][A-Z0-9]*\.[A-Z0-9]+$/)).min(1),
    /** Nodes over all zones. */
    min: z.int().min(0).max(1000),
    max: z.int().min(1).max(1000),
    /** Disk of containerd: images and what containers write beside their volumes. */
    diskGiB: z.int().min(50).max(2048).default(120),
  })
  .refine(({ min, max }) => min <= max, { path: ["min"], error: "is more than max" });

export type NodePoolSettings = z.infer<typeof nodePoolSchema>;

const zoneSchema = z.strictObject({
  /** Such as `ap-guangzhou-6`. */
  id: z.string().min(1),
  /** Network of the nodes, the API server's address and managed services. */
  nodes: z.cidrv4(),
  /** Network of the pods: each has an address of the VPC. */
  pods: z.cidrv4(),
});

const networkSchema = z
  .strictObject({
    /** Of the VPC, for good. */
    cidr: z.cidrv4(),
    /** Of Services, for good: outside the VPC. */
    serviceCidr: z.cidrv4(),
    zones: z.array(zoneSchema).min(2).max(3),
    /** Peak of the NAT gateway and of each of its two addresses, Mbit/s; what is paid for is the traffic. */
    egressMbps: z.literal([20, 50, 100, 200, 500, 1000, 2000, 5000]).default(100),
  })
  .check(({ value, issues }) => {
    for (const { path, message } of networkFaults(value)) {
      issues.push({ code: "custom", input: value, path: [...path], message });
    }
  });

/** A managed TKE cluster with its own network. Sizes and addresses have no default; what is only safe or unsafe has no switch. */
export const tkeSettingsSchema = z
  .strictObject({
    kind: z.literal("tke"),
    name: tkeClusterName,
    region: tencentRegion,
    /** Whose it is: credentials of another account are refused. */
    account: z.strictObject({ uin: digits, appId: digits }),
    /** Of Kubernetes, as TKE names it: 1.32.2. */
    version: z.string().regex(/^1\.\d+\.\d+$/),
    /** How many nodes the control plane is made for at first, L5 to L5000; TKE raises it as nodes are added. */
    level: z
      .string()
      .regex(/^L\d+$/)
      .default("L50"),
    network: networkSchema,
    nodePools: z.strictObject({ system: nodePoolSchema, tenants: nodePoolSchema }),
    audit: z
      .strictObject({
        /** Half a year is what MLPS 2.0 (GB/T 22239-2019) and the Cybersecurity Law ask for. */
        retentionDays: z.int().min(1).max(3600).default(180),
      })
      .prefault({}),
    maintenance: z
      .strictObject({
        days: z
          .array(z.enum(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]))
          .min(1)
          .default(["TU"]),
        /** Of the day, in China. */
        start: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/)
          .default("02:00:00"),
        hours: z.int().min(1).max(24).default(3),
      })
      .prefault({}),
    /** Add-ons of TKE by name, beyond those that every managed cluster has. */
    addons: z.array(z.string().regex(/^[a-z0-9-]+$/)).default([]),
  })
  .refine(({ region, network }) => network.zones.every(({ id }) => id.startsWith(`${region}-`)), {
    path: ["network", "zones"],
    error: "a zone is not of the cluster's region",
  });

export type TkeSettings = z.infer<typeof tkeSettingsSchema>;
