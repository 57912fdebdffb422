import { z } from "zod";

/** Where a service that stands beside the cluster is reached: what a NetworkPolicy says of it. */
export const serviceNetworkSchema = z.object({
  cidr: z.string(),
  except: z.array(z.string()).optional(),
  port: z.number(),
});

export type ServiceNetwork = z.infer<typeof serviceNetworkSchema>;

/** Egress rules of a NetworkPolicy. */
export const serviceNetworkRules = (networks: readonly ServiceNetwork[]) =>
  networks.map(({ cidr, except, port }) => ({
    to: [{ ipBlock: { cidr, ...(except === undefined ? {} : { except: [...except] }) } }],
    ports: [{ protocol: "TCP", port }],
  }));
