import * as pulumi from "@pulumi/pulumi";
import { packageReference, tencentCloudPackage } from "./package.ts";

export interface TencentAccount {
  /** The id of the main account. @example 100012345678 */
  readonly uin: string;
  /** Stands at the end of every bucket's name, such as 1250000000. */
  readonly appId: string;
}

/** Credentials come from the environment of whoever runs Pulumi (docs/tke.md), never from a setting. */
export interface TencentCloudProviderArgs {
  readonly region: string;
  /** Credentials of any other account are refused before anything is asked of it. */
  readonly account: TencentAccount;
}

export class TencentCloudProvider extends pulumi.ProviderResource {
  constructor(name: string, { region, account }: TencentCloudProviderArgs, opts: pulumi.ResourceOptions) {
    // A provider's configuration is text: the engine hands what is no text over as JSON.
    const configuration = { region, allowedAccountIds: JSON.stringify([account.uin]) };
    super(tencentCloudPackage.name, name, configuration, opts, false, packageReference());
  }
}
