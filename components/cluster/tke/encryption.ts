import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { KmsKey } from "../../tencentcloud/kms.ts";
import type { CloudResourceOptions } from "../../tencentcloud/resource.ts";
import type { CloudKey } from "../cloud.ts";
import type { TkeSettings } from "./settings.ts";

/** The one key that Secrets in etcd, disks and the database are encrypted with. Without it all of them are lost. */
export function createKey(
  name: string,
  { name: cluster, region, account }: TkeSettings,
  opts: CloudResourceOptions,
): CloudKey {
  const key = new KmsKey(
    `${name}-key`,
    {
      alias: cluster,
      description: `Secrets, disks and database of the cluster ${cluster}`,
      isEnabled: true,
      keyRotationEnabled: true,
      keyUsage: "ENCRYPT_DECRYPT",
      pendingDeleteWindowInDays: 30,
      tags: cloudTags(),
    },
    { ...opts, protect: true, retainOnDelete: true },
  );
  return {
    id: key.id,
    // Whoever made the key stands in its name, and that is whoever ran Pulumi first.
    arn: pulumi.interpolate`qcs::kms:${region}:uin/${account.uin}:key/creatorUin/*/${key.id}`,
  };
}
