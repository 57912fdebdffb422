import { z } from "zod";

/** The PostgreSQL server that tenants share: a database, a schema and a role each. No credential stands here. */
export const databaseFactsSchema = z.object({
  host: z.string(),
  port: z.number(),
  /** The database that the administrator connects to first; every tenant has one of its own beside it. */
  name: z.string(),
  /** Name of the Secret in the services' namespace: keys `username`, `password`. */
  adminSecret: z.string(),
  /** Whether connections are encrypted, and the server's certificate can be verified. */
  tls: z.boolean(),
  /** The certificate, in PEM, of the authority that signs the server's; one that every system trusts if left out. */
  caCertificate: z.string().optional(),
});

export type DatabaseFacts = z.infer<typeof databaseFactsSchema>;

/** PostgreSQL's own. */
export const postgresPort = 5432;

/** The names of the database and its administrator, the same in every implementation. */
export const databaseName = "openclaw";
export const databaseAdmin = "openclaw_admin";
