import type * as pulumi from "@pulumi/pulumi";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

type Text = pulumi.Input<string>;

export interface CosLifecycleRule {
  readonly id: string;
  readonly filterPrefix: string;
  readonly nonCurrentExpiration: { readonly nonCurrentDays: number };
  readonly abortIncompleteMultipartUpload: { readonly daysAfterInitiation: number };
}

export interface CosBucketArgs extends Tagged {
  readonly bucket: string;
  readonly acl: "private";
  readonly encryptionAlgorithm: "AES256";
  readonly versioningEnable: boolean;
  readonly multiAz: boolean;
  readonly forceClean: boolean;
  readonly lifecycleRules: readonly CosLifecycleRule[];
}

export class CosBucket extends CloudResource {
  constructor(name: string, args: CosBucketArgs, opts: CloudResourceOptions) {
    super("cos_bucket", name, args, opts);
  }
}

export interface CosBucketPolicyArgs {
  readonly bucket: Text;
  readonly policy: Text;
}

export class CosBucketPolicy extends CloudResource {
  constructor(name: string, args: CosBucketPolicyArgs, opts: CloudResourceOptions) {
    super("cos_bucket_policy", name, args, opts);
  }
}
