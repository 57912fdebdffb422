import * as pulumi from "@pulumi/pulumi";
import { packageName } from "./tokens.ts";

/**
 * The vendor's Terraform provider as a Pulumi package: a plugin of Pulumi's, the bridge, that is told which Terraform
 * provider to run. README.md says where each value comes from.
 */
export const tencentCloudPackage = {
  /** The plugin `pulumi-resource-terraform-provider`. */
  bridge: { name: "terraform-provider", version: "1.1.0" },
  name: packageName,
  /** The version of the Terraform provider, and so of the package. */
  version: "1.83.25",
  source: "registry.opentofu.org/tencentcloudstack/tencentcloud",
} as const;

/** The bridge's parameter: the value that `pulumi package add` embeds in the SDK it generates. */
export function bridgeParameter(): string {
  const { source: url, version } = tencentCloudPackage;
  return JSON.stringify({ remote: { url, version } });
}

/** The package as the engine knows it, for every resource and function of it. The SDK registers it once a run. */
export async function packageReference(): Promise<string> {
  const { bridge, name, version } = tencentCloudPackage;
  return pulumi.runtime.registerPackage({
    baseProviderName: bridge.name,
    baseProviderVersion: bridge.version,
    baseProviderDownloadUrl: "",
    packageName: name,
    packageVersion: version,
    base64Parameter: Buffer.from(bridgeParameter()).toString("base64"),
  });
}
