import { z } from "zod";

/** The networks of a service that stands beside the cluster, as a NetworkPolicy names them. */
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
