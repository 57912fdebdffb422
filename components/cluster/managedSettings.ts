import { z } from "zod";
import { networkFaults } from "./networkFaults.ts";

/** The common settings of managed clusters; each cloud adds what its own products allow. */

const zoneSchema = z.strictObject({
  /** The cloud's own name of it, such as `cn-hangzhou-i`. */
  id: z.string().min(1),
  /** Network of the nodes, the API server's private address and managed services. */
  nodes: z.cidrv4(),
  /** Network of the pods: each has an address of the VPC. */
  pods: z.cidrv4(),
});

/** @param egressMbps peak of the way out, Mbit/s; what is paid for is the traffic */
export const networkSchema = <Egress extends z.ZodType<number>>(egressMbps: Egress) =>
  z
    .strictObject({
      /** The CIDR block of the VPC: immutable. */
      cidr: z.cidrv4(),
      /** The CIDR block of Services: immutable, outside the VPC. */
      serviceCidr: z.cidrv4(),
      zones: z.array(zoneSchema).min(2).max(3),
      egressMbps,
    })
    .check(({ value, issues }) => {
      for (const { path, message } of networkFaults(value)) {
        issues.push({ code: "custom", input: value, path: [...path], message });
      }
    });

/** A pool for what keeps the cluster going and one for tenants. */
export function nodePoolsSchema(instanceType: RegExp, minDiskGiB: number) {
  const pool = z
    .strictObject({
      /** The preferred one first; several, because a zone runs out of one. */
      instanceTypes: z.array(z.string().regex(instanceType)).min(1),
      /** Nodes over all zones. */
      min: z.int().min(0).max(1000),
      max: z.int().min(1).max(1000),
      /** Disk of a node: image layers, logs, emptyDir. */
      diskGiB: z.int().min(minDiskGiB).max(2048).default(120),
    })
    .refine(({ min, max }) => min <= max, { path: ["min"], error: "is more than max" });
  return z.strictObject({ system: pool, tenants: pool });
}
