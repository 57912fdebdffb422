import { z } from "zod";
import { networkFaults } from "./networkFaults.ts";

/** The common settings of managed clusters; each cloud adds what its own products allow. */

const zoneSchema = z.strictObject({
  /** The cloud's name of the zone. @example cn-hangzhou-i */
  id: z.string().min(1),
  /** CIDR block of the nodes, the API server's private address and managed services. @example 10.64.0.0/24 */
  nodes: z.cidrv4(),
  /** CIDR block of the pods: each has an address of the VPC. @example 10.64.32.0/19 */
  pods: z.cidrv4(),
});

/** @param egressMbps peak bandwidth of the egress, Mbit/s; only traffic is paid for */
export const networkSchema = <Egress extends z.ZodType<number>>(egressMbps: Egress) =>
  z
    .strictObject({
      /** The CIDR block of the VPC: immutable. @example 10.64.0.0/16 */
      cidr: z.cidrv4(),
      /** The CIDR block of Services: immutable, outside the VPC. @example 172.21.0.0/20 */
      serviceCidr: z.cidrv4(),
      zones: z.array(zoneSchema).min(2).max(3),
      egressMbps,
    })
    .check(({ value, issues }) => {
      for (const { path, message } of networkFaults(value)) {
        issues.push({ code: "custom", input: value, path: [...path], message });
      }
    });

/** Two node pools: one for the cluster's own pods and one for tenants. */
export function nodePoolsSchema(instanceType: RegExp, minDiskGiB: number) {
  const pool = z
    .strictObject({
      /** Instance types, the preferred one first; several, because a zone may run out of one. */
      instanceTypes: z.array(z.string().regex(instanceType)).min(1),
      /** The fewest and the most nodes, over all zones. */
      min: z.int().min(0).max(1000),
      max: z.int().min(1).max(1000),
      /** Disk of a node, GiB: image layers, logs, emptyDir. @default 120 */
      diskGiB: z.int().min(minDiskGiB).max(2048).default(120),
    })
    .refine(({ min, max }) => min <= max, { path: ["min"], error: "is more than max" });
  return z.strictObject({ system: pool, tenants: pool });
}
