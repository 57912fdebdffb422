import { z } from "zod";

/** The load balancer in front of the edge, where the cloud's own is made beforehand and outlives every Service. */
export const loadBalancerFactsSchema = z.object({
  /** The id, by which the edge's Service uses it. */
  id: z.string(),
  /** The target of the DNS record of `*.<domain>`: a name or, where the cloud gives it none, an address. */
  host: z.string(),
});

export type LoadBalancerFacts = z.infer<typeof loadBalancerFactsSchema>;
