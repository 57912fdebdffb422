import type * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { CosBucket, type CosBucketArgs, CosBucketPolicy } from "../../tencentcloud/cos.ts";
import type { TencentAccount } from "../../tencentcloud/provider.ts";
import type { ServiceNetwork } from "../networks.ts";
import type { ObjectStoreFacts } from "../objectStore.ts";
import type { ServicePlace } from "../place.ts";
import { bucketResource, policyDocument, type Statement } from "./policy.ts";
import type { TencentCloudServicesSettings } from "./settings.ts";

/** The bucket that tenants share, a prefix each. Nobody has a key for it: pods get roles. */
export function createObjectStore(
  { name, region, options, lasting }: ServicePlace,
  { appId }: TencentAccount,
  { objectStore }: TencentCloudServicesSettings,
): pulumi.Output<ObjectStoreFacts> {
  const bucket = `${objectStore.bucket}-${appId}`;
  const store = new CosBucket(
    `${name}-bucket`,
    { ...bucketSpec(bucket, objectStore.keepVersionsDays), tags: cloudTags() },
    lasting,
  );
  const policy = new CosBucketPolicy(
    `${name}-bucket-policy`,
    { bucket: store.id, policy: policyDocument([encryptedConnectionsOnly(region, bucket)]) },
    options,
  );
  return policy.id.apply(() => ({
    endpoint: `https://cos.${region}.myqcloud.com`,
    region,
    bucket,
    bucketPerTenant: false,
    pathStyle: false,
  }));
}

/** Over several zones; what was overwritten or deleted stays for a while. */
export const bucketSpec = (bucket: string, keepVersionsDays: number) =>
  ({
    bucket,
    acl: "private",
    multiAz: true,
    versioningEnable: true,
    // With COS' own key: with one of KMS everybody who reads or writes would need the right to use that key.
    encryptionAlgorithm: "AES256",
    forceClean: false,
    lifecycleRules: [
      {
        id: "versions-and-unfinished-uploads",
        filterPrefix: "",
        nonCurrentExpiration: { nonCurrentDays: keepVersionsDays },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ],
  }) satisfies Partial<CosBucketArgs>;

/** Source: COS documentation, “Descriptions and Use Cases of Condition Keys”, cos:secure-transport. */
export const encryptedConnectionsOnly = (region: string, bucket: string): Statement => ({
  effect: "deny",
  principal: { qcs: ["qcs::cam::anyone:anyone"] },
  action: ["name/cos:*"],
  resource: [bucketResource(region, bucket, "*")],
  condition: { bool_equal: { "cos:secure-transport": "false" } },
});

/**
 * Addresses that COS has for clients in the same region, as far as they are not of the cluster's own network, without
 * clouds' metadata services, which are in the same ranges. Source: COS documentation, “Regions and Access Endpoints”.
 */
export const objectStoreNetworks: readonly ServiceNetwork[] = [
  { cidr: "100.64.0.0/10", except: ["100.100.100.200/32"], port: 443 },
  { cidr: "169.254.0.0/16", except: ["169.254.0.23/32", "169.254.169.254/32"], port: 443 },
];
