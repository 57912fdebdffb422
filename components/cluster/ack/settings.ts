import { z } from "zod";
import { networkFaults } from "../networkFaults.ts";
import { ackClusterName, alicloudRegion } from "./names.ts";

const nodePoolSchema = z
  .strictObject({
    /** ECS instance types, the preferred one first; several, because a zone runs out of one. */
    instanceTypes: z.array(z.string().regex(/^ecs\.[a-z0-9-]+\.[a-z0-9]+$/)).min(1),
    /** Nodes over all zones. */
    min: z.int().min(0).max(1000),
    max: z.int().min(1).max(1000),
    /** System disk: image layers, logs, emptyDir. */
    diskGiB: z.int().min(40).max(2048).default(120),
  })
  .refine(({ min, max }) => min <= max, { path: ["min"], error: "is more than max" });

export type NodePoolSettings = z.infer<typeof nodePoolSchema>;

const zoneSchema = z.strictObject({
  /** Such as `cn-hangzhou-i`. */
  id: z.string().min(1),
  /** Network of the nodes, the control plane's endpoint and managed services. */
  nodes: z.cidrv4(),
  /** Network of the pods: with Terway each has an address of the VPC. */
  pods: z.cidrv4(),
});

const networkSchema = z
  .strictObject({
    /** Of the VPC, for good. */
    cidr: z.cidrv4(),
    /** Of Services, for good: outside the VPC. */
    serviceCidr: z.cidrv4(),
    zones: z.array(zoneSchema).min(2).max(3),
    /** Peak of each of the two egress addresses, Mbit/s; what is paid for is the traffic. */
    egressMbps: z.int().min(1).max(200).default(200),
  })
  .check(({ value, issues }) => {
    for (const { path, message } of networkFaults(value)) {
      issues.push({ code: "custom", input: value, path: [...path], message });
    }
  });

const weekday = z.enum(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);

/** An ACK Pro cluster with its own network. Sizes and addresses have no default; what is only safe or unsafe has no switch. */
export const ackSettingsSchema = z
  .strictObject({
    kind: z.literal("ack"),
    name: ackClusterName,
    region: alicloudRegion,
    network: networkSchema,
    nodePools: z.strictObject({ system: nodePoolSchema, tenants: nodePoolSchema }),
    audit: z.strictObject({
      /** SLS project of the audit and control-plane logs: unique in the whole of Alibaba Cloud. */
      project: z.string().regex(/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/),
      /** Of the control plane's logs. Half a year is what MLPS 2.0 (GB/T 22239-2019) and the Cybersecurity Law ask for. */
      retentionDays: z.int().min(1).max(3000).default(180),
    }),
    /** Unless one is named, the region's default key is made: free, one an account and region. */
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
        days: z.array(weekday).min(1).default(["Tuesday"]),
        /** First start, with a date and an offset. */
        start: z.iso.datetime({ offset: true }).default("2026-01-06T02:00:00.000+08:00"),
        hours: z.int().min(1).max(24).default(3),
        /** Of Kubernetes versions that ACK upgrades to in the window. */
        channel: z.enum(["patch", "stable", "rapid"]).default("stable"),
      })
      .prefault({}),
  })
  .refine(({ region, network }) => network.zones.every(({ id }) => id.startsWith(`${region}-`)), {
    path: ["network", "zones"],
    error: "a zone is not of the cluster's region",
  });

export type AckSettings = z.infer<typeof ackSettingsSchema>;
