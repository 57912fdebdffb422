import { z } from "zod";

/**
 * The Redis-compatible cache. Managed Redis of both clouds has accounts that read or write everything, none that is
 * limited to a key pattern: there it serves the platform alone.
 */
export const cacheFactsSchema = z.object({
  host: z.string(),
  port: z.number(),
  /** Name of the Secret in the services' namespace: key `password`. */
  adminSecret: z.string(),
  tls: z.boolean(),
  /** PEM, of the authority that vouches for the server; one that every system knows if left out. */
  caCertificate: z.string().optional(),
  /** Whether a tenant may be given an account limited to keys of its own (ACL key patterns). */
  tenantAccounts: z.boolean(),
});

export type CacheFacts = z.infer<typeof cacheFactsSchema>;

/** Redis' own. */
export const redisPort = 6379;
