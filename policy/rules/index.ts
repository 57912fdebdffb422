import type { ResourceRule, StackRule } from "../rule.ts";
import { bucketSafeguards, noPublicBucket } from "./buckets.ts";
import { clusterAuditLog, clusterSecretEncryption, privateCluster } from "./clusters.ts";
import { databaseTls, noPublicDatabase } from "./databases.ts";
import { deletionProtection, protectedData } from "./deletion.ts";
import { encryptedDisk } from "./disks.ts";
import { networkPolicy } from "./networkPolicies.ts";
import { nodeMetadata, noPublicNode } from "./nodes.ts";
import { noOpenCidr } from "./openCidrs.ts";
import { postPaid } from "./payment.ts";
import { noAnonymousPrincipal, noWildcardPermission } from "./permissions.ts";
import { pinnedImage, tenantPod } from "./pods.ts";
import { tenantRights } from "./rights.ts";
import { podSecurityLabel, tenantLabel, tenantService } from "./tenantObjects.ts";

/** @param today YYYY-MM-DD. */
export function resourceRules(today: string): readonly ResourceRule[] {
  return [
    noPublicBucket,
    noPublicDatabase,
    encryptedDisk,
    noOpenCidr,
    networkPolicy,
    privateCluster,
    clusterAuditLog,
    nodeMetadata,
    noPublicNode,
    deletionProtection,
    protectedData(today),
    noWildcardPermission,
    noAnonymousPrincipal,
    postPaid,
    tenantLabel,
    podSecurityLabel,
    tenantPod,
    tenantService,
    tenantRights,
    pinnedImage,
  ];
}

export const stackRules: readonly StackRule[] = [bucketSafeguards, databaseTls, clusterSecretEncryption];
