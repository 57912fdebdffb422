/** A statement of a RAM or bucket policy. */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: readonly string[];
  /** Whom it is about, where the policy is not attached to somebody. */
  readonly Principal?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export const policyDocument = (Statement: readonly Statement[]): string =>
  JSON.stringify({ Version: "1", Statement });

/** Number of the account in a resource's name. @param arn `acs:kms:cn-hangzhou:1234:key/key-hzz1` → `1234` */
export function accountOf(arn: string): string {
  const account = arn.split(":")[3];
  if (account === undefined || !/^\d+$/.test(account)) {
    throw new RangeError(`${arn} is no resource name of Alibaba Cloud with an account in it`);
  }
  return account;
}
