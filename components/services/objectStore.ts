import { z } from "zod";

/** The store in which tenants keep objects. It has no credential. */
export const objectStoreFactsSchema = z.object({
  /** `https://…`; of the S3-compatible API. */
  endpoint: z.string(),
  /** The endpoint of its administrators' API, if that is another one. */
  adminEndpoint: z.string().optional(),
  region: z.string(),
  /** The bucket that tenants share, a prefix each. */
  bucket: z.string(),
  /**
   * Whether every tenant has buckets of its own instead: where the server's policies cannot limit a listing to a prefix.
   */
  bucketPerTenant: z.boolean(),
  /** Whether the bucket stands in the path of a URL; in its host name otherwise. */
  pathStyle: z.boolean(),
  /** Name of the Secret in the services' namespace with `accessKeyId` and `secretAccessKey`; none where roles do it. */
  adminSecret: z.string().optional(),
  /** The ARN of the key that encrypts the bucket, where readers and writers need the right to use it. */
  encryptionKeyArn: z.string().optional(),
  /** The certificate, in PEM, of the authority that signs the server's; one that every system trusts if left out. */
  caCertificate: z.string().optional(),
});

export type ObjectStoreFacts = z.infer<typeof objectStoreFactsSchema>;

/** Ports of the object store in the cluster. */
export const objectStorePort = 7070;
export const objectStoreAdminPort = 7071;

/** The prefix of the bucket that a tenant may use. The slash at the end keeps `acme` out of `acme-2`. */
export const tenantPrefix = (tenantId: string): string => `tenants/${tenantId}/`;

/** The bucket that a tenant's files are in. */
export const tenantBucket = ({ bucketPerTenant, bucket }: BucketFacts, tenantId: string): string =>
  bucketPerTenant ? `tenant-${tenantId}` : bucket;

/** The bucket and the prefix in it that a tenant's backups are in: out of reach of what the tenant's pod may do. */
export const backupPlace = (
  { bucketPerTenant, bucket }: BucketFacts,
  tenantId: string,
): { readonly bucket: string; readonly prefix: string } => ({
  bucket: bucketPerTenant ? `backup-${tenantId}` : bucket,
  prefix: `${tenantPrefix(tenantId)}backups/`,
});

type BucketFacts = Pick<ObjectStoreFacts, "bucketPerTenant" | "bucket">;
