import { z } from "zod";
import { imageSettings, pinnedImage } from "../images.ts";

const gibibytes = z.int().min(1).max(65_536);

const databaseSettingsSchema = z
  .strictObject({
    /** Size of the volume, GiB. @default 20 */
    storageGiB: gibibytes.default(20),
    /** Memory of the pod in MiB, both request and limit. The number of connections follows from it. @default 1024 */
    memoryMiB: z.int().min(512).max(1_048_576).default(1024),
    /** CPU limit of the pod, cores; a quarter is requested. @default 2 */
    cpu: z.int().min(1).max(128).default(2),
    /** The operator that runs PostgreSQL. @default none: a StatefulSet of one replica */
    operator: z.literal("cloudNativePg").optional(),
    /** Instances under the operator, of which one takes writes and the others can take over. @default 3 */
    instances: z.int().min(1).max(9).optional(),
    /** Image for the operator, with pgvector; its tag begins with PostgreSQL's version. @default the operator's own */
    operatorImage: pinnedImage.optional(),
    /** Port of the API server behind its Service, which the operator's pods must reach. @default 443 or 6443 */
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
  /** StorageClass of their volumes. @default the cluster's own default class */
  storageClass: z.string().min(1).optional(),
  ...imageSettings,
  database: databaseSettingsSchema.prefault({}),
  /** Memory of the cache, MiB. @default 256 */
  cache: z.strictObject({ memoryMiB: z.int().min(64).max(65_536).default(256) }).prefault({}),
  /** Size of the object store's volume, GiB. @default 50 */
  objectStore: z.strictObject({ storageGiB: gibibytes.default(50) }).prefault({}),
});

export type InClusterSettings = z.infer<typeof inClusterSettingsSchema>;
