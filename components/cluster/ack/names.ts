import { z } from "zod";

/**
 * Characters of a cluster's name. A RAM role's has at most 64: the cluster's, two hyphens, and a tenant's id of 40.
 * Source: RAM API reference, CreateRole.
 */
export const maxClusterNameLength = 22;

/** The name of a cluster, without two hyphens in a row, so that `<cluster>--<tenant>` has one meaning. */
export const ackClusterName = z
  .string()
  .max(maxClusterNameLength)
  .regex(/^[a-z](?:[a-z0-9]|-(?!-))*(?<!-)$/, {
    error: "must be lower-case letters, digits and single hyphens, and start with a letter",
  });

/** Such as `cn-hangzhou` or `ap-southeast-1`. */
export const alicloudRegion = z.string().regex(/^[a-z]{2}-[a-z0-9-]+$/);
