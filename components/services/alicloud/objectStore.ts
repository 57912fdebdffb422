import { Bucket, type BucketArgs } from "@pulumi/alicloud/oss/bucket.js";
import { BucketAcl } from "@pulumi/alicloud/oss/bucketAcl.js";
import { BucketHttpsConfig } from "@pulumi/alicloud/oss/bucketHttpsConfig.js";
import { BucketPolicy } from "@pulumi/alicloud/oss/bucketPolicy.js";
import { BucketPublicAccessBlock } from "@pulumi/alicloud/oss/bucketPublicAccessBlock.js";
import { BucketServerSideEncryption } from "@pulumi/alicloud/oss/bucketServerSideEncryption.js";
import { BucketVersioning } from "@pulumi/alicloud/oss/bucketVersioning.js";
import type * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import type { ServiceNetwork } from "../networks.ts";
import type { ObjectStoreFacts } from "../objectStore.ts";
import type { ServicePlace } from "../place.ts";
import { accountOf, policyDocument, type Statement } from "./policy.ts";
import type { AlicloudServicesSettings } from "./settings.ts";

/** The bucket that tenants share, a prefix each. Nobody has a key for it: pods get roles. */
export function createObjectStore(
  { name, region, site, options, lasting }: ServicePlace,
  { objectStore }: AlicloudServicesSettings,
): pulumi.Output<ObjectStoreFacts> {
  const { encryptionKey } = site;
  const store = new Bucket(
    `${name}-bucket`,
    { ...bucketSpec(objectStore), tags: cloudTags() },
    {
      ...lasting,
      // Each is a resource of its own below; read back as a part of the bucket they would look like drift.
      ignoreChanges: ["acl", "policy", "versioning", "serverSideEncryptionRule"],
    },
  );
  const bucket = store.id;
  new BucketAcl(`${name}-bucket-acl`, { bucket, acl: "private" }, options);
  new BucketPublicAccessBlock(`${name}-bucket-public-access`, { bucket, blockPublicAccess: true }, options);
  new BucketVersioning(`${name}-bucket-versioning`, { bucket, status: "Enabled" }, options);
  new BucketServerSideEncryption(
    `${name}-bucket-encryption`,
    { bucket, sseAlgorithm: "KMS", kmsMasterKeyId: encryptionKey.id },
    options,
  );
  new BucketHttpsConfig(
    `${name}-bucket-tls`,
    { bucket, enable: true, tlsVersions: ["TLSv1.2", "TLSv1.3"] },
    options,
  );
  new BucketPolicy(
    `${name}-bucket-policy`,
    {
      bucket,
      policy: encryptionKey.arn.apply((arn) =>
        policyDocument([encryptedConnectionsOnly(accountOf(arn), objectStore.bucket)]),
      ),
    },
    options,
  );
  return encryptionKey.arn.apply((encryptionKeyArn) => ({
    endpoint: internalEndpoint(region),
    region,
    bucket: objectStore.bucket,
    bucketPerTenant: false,
    pathStyle: false,
    encryptionKeyArn,
  }));
}

/** Over three zones; what was overwritten or deleted stays for a while. */
export const bucketSpec = ({ bucket, keepVersionsDays }: AlicloudServicesSettings["objectStore"]) =>
  ({
    bucket,
    storageClass: "Standard",
    redundancyType: "ZRS",
    lifecycleRules: [
      {
        id: "versions-and-unfinished-uploads",
        enabled: true,
        prefix: "",
        noncurrentVersionExpirations: [{ days: keepVersionsDays }],
        expirations: [{ expiredObjectDeleteMarker: true }],
        abortMultipartUploads: [{ days: 7 }],
      },
    ],
  }) satisfies BucketArgs;

export const encryptedConnectionsOnly = (account: string, bucket: string): Statement => ({
  Effect: "Deny",
  Action: ["oss:*"],
  Principal: ["*"],
  Resource: [`acs:oss:*:${account}:${bucket}`, `acs:oss:*:${account}:${bucket}/*`],
  Condition: { Bool: { "acs:SecureTransport": ["false"] } },
});

/**
 * The endpoint of the S3-compatible API, inside the region's network. The public one is closed to data of new
 * accounts on the mainland. Source: OSS documentation, “Use AWS SDKs to access OSS”.
 */
export const internalEndpoint = (region: string): string => `https://s3.oss-${region}-internal.aliyuncs.com`;

/**
 * Addresses of that endpoint, whatever the region; the metadata service is in the same range, and serves another port.
 * Source: OSS documentation, “Regions and endpoints”: internal VIP ranges.
 */
export const objectStoreNetworks: readonly ServiceNetwork[] = [
  { cidr: "100.64.0.0/10", except: ["100.100.100.200/32"], port: 443 },
];
