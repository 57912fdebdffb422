import { z } from "zod";

/** The PostgreSQL database that tenants share: a role and a schema each. No credential stands here. */
export const databaseFactsSchema = z.strictObject({
  host: z.string(),
  port: z.number(),
  /** The one database that tenants' schemas are in. */
  name: z.string(),
  /** Name of the Secret in the services' namespace: keys `username`, `password`. */
  adminSecret: z.string(),
  /** Whether connections are encrypted, and the server's certificate can be verified. */
  tls: z.boolean(),
});

export type DatabaseFacts = z.infer<typeof databaseFactsSchema>;

/** PostgreSQL's own. */
export const postgresPort = 5432;

/** Of every implementation, so that what a tenant gets of it is the same everywhere. */
export const databaseName = "openclaw";
export const databaseAdmin = "openclaw_admin";
