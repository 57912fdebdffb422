import { z } from "zod";
import { imageSettings, pinnedImage } from "../images.ts";

const gibibytes = z.int().min(1).max(65_536);

const databaseSettingsSchema = z
  .strictObject({
    storageGiB: gibibytes.default(20),
    /** Memory of the pod in MiB, both request and limit. The number of connections follows from it. @default 1024 */
    memoryMiB: z.int().min(512).max(1_048_576).default(1024),
    /** Limit of the pod, cores; a quarter is requested. */
    cpu: z.int().min(1).max(128).default(2),
    /** The operator that runs PostgreSQL; a StatefulSet of one replica if left out. */
    operator: z.literal("cloudNativePg").optional(),
    /** The operator's: one of them takes writes, the others are ready to take over; 3 if left out. */
    instances: z.int().min(1).max(9).optional(),
    /** The operator's: an image made for it, with pgvector; its tag begins with PostgreSQL's version. */
    operatorImage: pinnedImage.optional(),
    /** The operator's: where the API server itself listens, behind its Service; 443 or 6443 if left out. */
    apiServerPort: z.int().min(1).max(65_535).optional(),
  })
  .refine(
    ({ operator, instances, operatorImage, apiServerPort }) =>
      operator !== undefined || !(instances ?? operatorImage ?? apiServerPort),
    {
      error:
        "instances, operatorImage and apiServerPort need an operator: a StatefulSet of our own has one replica",
    },
  );

/** Services that run in the cluster itself: for clusters without a cloud beside them, and for dev. */
export const inClusterSettingsSchema = z.strictObject({
  kind: z.literal("inCluster"),
  /** StorageClass of their volumes; the cluster's default if left out. */
  storageClass: z.string().min(1).optional(),
  ...imageSettings,
  database: databaseSettingsSchema.prefault({}),
  cache: z.strictObject({ memoryMiB: z.int().min(64).max(65_536).default(256) }).prefault({}),
  objectStore: z.strictObject({ storageGiB: gibibytes.default(50) }).prefault({}),
});

export type InClusterSettings = z.infer<typeof inClusterSettingsSchema>;
