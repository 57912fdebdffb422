import { z } from "zod";

/**
 * The name of a cluster: immutable. It is part of the names of roles and of the bucket; without two hyphens in a row,
 * so that a role's name has one reading.
 */
export const tkeClusterName = z.string().regex(/^[a-z]([a-z0-9]|-(?=[a-z0-9])){0,21}$/, {
  error: "must be up to 22 small letters, digits and single hyphens, a letter first",
});

export const tencentRegion = z.string().regex(/^[a-z]{2}(-[a-z]+)+$/, {
  error: "must be a region, such as ap-guangzhou",
});

/** The digits of an account's id. Without quotation marks YAML takes them for a number, and large ones lose their last digits. */
export const digits = z
  .string()
  .regex(/^\d{6,}$/, { error: "must be digits in quotes, such as '1250000000'" });
