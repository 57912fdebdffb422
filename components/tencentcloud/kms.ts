import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

export interface KmsKeyArgs extends Tagged {
  readonly alias: string;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly keyRotationEnabled: boolean;
  readonly keyUsage: "ENCRYPT_DECRYPT";
  /** Days between its deletion and the day nothing can be decrypted any more. */
  readonly pendingDeleteWindowInDays: number;
}

export class KmsKey extends CloudResource {
  constructor(name: string, args: KmsKeyArgs, opts: CloudResourceOptions) {
    super("kms_key", name, args, opts);
  }
}
