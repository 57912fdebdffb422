import { z } from "zod";
import { isPinned } from "../pinnedImage.ts";

/** Images of the shared services and of the Jobs beside them. */
export interface ServiceImages {
  /** PostgreSQL 17 with pgvector, and its command line. */
  readonly database: string;
  readonly cache: string;
  readonly objectStore: string;
  /** restic. */
  readonly backup: string;
  /** curl: it speaks to the object store for tenants' Jobs, whose server's own command line knows no policies. */
  readonly client: string;
}

/** Each by those who make the program: pgvector's own is the official PostgreSQL with the extension. */
const published: ServiceImages = {
  database: "pgvector/pgvector:0.8.1-pg17",
  cache: "valkey/valkey:8.1.4",
  objectStore: "versity/versitygw:v1.7.0",
  backup: "restic/restic:0.18.0",
  client: "curlimages/curl:8.14.1",
};

/** An image reference in the settings. */
export const pinnedImage = z
  .string()
  .refine(isPinned, { error: "must be pinned by a version or a digest, e.g. docker.io/valkey/valkey:8.1.4" });

/** Settings of every kind of services. */
export const imageSettings = {
  /** The registry that published images come from instead of docker.io, such as a mirror that the nodes can reach. */
  registry: z
    .string()
    .regex(/^[a-z0-9][-a-z0-9.:/]*[a-z0-9]$/)
    .default("docker.io"),
  /** Others instead of the published ones. */
  images: z
    .strictObject({
      database: pinnedImage.optional(),
      cache: pinnedImage.optional(),
      objectStore: pinnedImage.optional(),
      backup: pinnedImage.optional(),
      client: pinnedImage.optional(),
    })
    .prefault({}),
};

type ImageSettings = z.infer<z.ZodObject<typeof imageSettings>>;

export function serviceImages({ registry, images }: ImageSettings): ServiceImages {
  return {
    database: images.database ?? `${registry}/${published.database}`,
    cache: images.cache ?? `${registry}/${published.cache}`,
    objectStore: images.objectStore ?? `${registry}/${published.objectStore}`,
    backup: images.backup ?? `${registry}/${published.backup}`,
    client: images.client ?? `${registry}/${published.client}`,
  };
}

/** Those that pods in tenants' namespaces run: a backup's. */
export function tenantSideImages(settings: ImageSettings): string[] {
  const { database, backup } = serviceImages(settings);
  return [database, backup];
}
