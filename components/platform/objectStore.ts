import { z } from "zod";

/** The bucket that tenants share: a prefix each, `tenants/<id>/`. No credential stands here. */
export const objectStoreFactsSchema = z.strictObject({
  /** `https://…`; of the S3-compatible API. */
  endpoint: z.string(),
  region: z.string(),
  bucket: z.string(),
  /** Whether the bucket stands in the path of a URL; in its host name otherwise. */
  pathStyle: z.boolean(),
  /** Name of the Secret in the services' namespace with `accessKeyId` and `secretAccessKey`; none where roles do it. */
  adminSecret: z.string().optional(),
  /** Of the key that the bucket encrypts with, where whoever reads or writes must be allowed to use it. */
  encryptionKeyArn: z.string().optional(),
});

export type ObjectStoreFacts = z.infer<typeof objectStoreFactsSchema>;

/** What a tenant may touch of the bucket. The slash at the end keeps `acme` out of `acme-2`. */
export const tenantPrefix = (tenantId: string): string => `tenants/${tenantId}/`;
