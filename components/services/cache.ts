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
  /** The certificate, in PEM, of the authority that signs the server's; one that every system trusts if left out. */
  caCertificate: z.string().optional(),
  /** Whether a tenant may be given an account limited to keys of its own (ACL key patterns). */
  tenantAccounts: z.boolean(),
});

export type CacheFacts = z.infer<typeof cacheFactsSchema>;

/** Redis' own. */
export const redisPort = 6379;
