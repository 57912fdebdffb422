import { Key } from "@pulumi/alicloud/kms/key.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import type { CloudKey } from "../cloud.ts";
import { lastingIn, type Place } from "./place.ts";
import type { AckSettings } from "./settings.ts";

/**
 * The key of everything at rest: Secrets in etcd, disks, the database, the bucket. One, because an account has one
 * default key a region for nothing, and more only in a KMS instance.
 */
export function encryptionKey(place: Place, { name, encryption }: AckSettings): CloudKey {
  const { keyArn, kmsInstance } = encryption;
  if (keyArn !== undefined) {
    return { arn: pulumi.output(keyArn), id: pulumi.output(keyId(keyArn)) };
  }
  const key = new Key(
    `${place.name}-key`,
    {
      description: `Data at rest of the cluster ${name}`,
      // A default key is rotated only by a service that is paid for in advance.
      ...(kmsInstance === undefined
        ? { automaticRotation: "Disabled" }
        : { dkmsInstanceId: kmsInstance, automaticRotation: "Enabled", rotationInterval: "365d" }),
      keySpec: "Aliyun_AES_256",
      keyUsage: "ENCRYPT/DECRYPT",
      origin: "Aliyun_KMS",
      deletionProtection: "Enabled",
      deletionProtectionDescription: `What the cluster ${name} keeps can be read with it alone`,
      pendingWindowInDays: 366,
      tags: cloudTags(),
    },
    lastingIn(place),
  );
  return { arn: key.arn, id: key.id };
}

/** `acs:kms:cn-hangzhou:1234:key/key-hzz1` → `key-hzz1`. */
const keyId = (arn: string): string => arn.slice(arn.indexOf("/") + 1);
