import { z } from "zod";

/** The load balancer in front of the edge, where the cloud's own is made beforehand and outlives every Service. */
export const loadBalancerFactsSchema = z.object({
  /** By which the edge's Service takes it. */
  id: z.string(),
  /** What the record of `*.<domain>` points to: a name or, where the cloud gives it none, an address. */
  host: z.string(),
});

export type LoadBalancerFacts = z.infer<typeof loadBalancerFactsSchema>;
