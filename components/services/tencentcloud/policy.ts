/** A statement of a CAM or bucket policy. CAM takes lower-case keys, and COS takes them too. */
export interface Statement {
  readonly effect: "allow" | "deny";
  readonly action: readonly string[];
  readonly resource?: readonly string[];
  /** Whom it is about, where the policy is not attached to somebody. */
  readonly principal?: Readonly<Record<string, readonly string[]>>;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const policyDocument = (statement: readonly Statement[]): string =>
  JSON.stringify({ version: "2.0", statement });

/** @param bucket with the account's number at its end, which is part of every bucket's name */
export const bucketResource = (region: string, bucket: string, path: string): string =>
  `qcs::cos:${region}:uid/${bucket.slice(bucket.lastIndexOf("-") + 1)}:${bucket}/${path}`;
