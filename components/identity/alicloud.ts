import { Policy } from "@pulumi/alicloud/ram/policy.js";
import { Role } from "@pulumi/alicloud/ram/role.js";
import { RolePolicyAttachment } from "@pulumi/alicloud/ram/rolePolicyAttachment.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../cloudTags.ts";
import type { IdentityProvider } from "../cluster/cloud.ts";
import { namespaceName, objectNames } from "../names.ts";
import { policyDocument, type Statement } from "../services/alicloud/policy.ts";
import { type ObjectStoreFacts, tenantPrefix } from "../services/objectStore.ts";
import type { IdentityOf, WorkloadIdentity } from "./identity.ts";

/** The name of the role and of its policy: unique in the account, because no id and no cluster's name has two hyphens in a row. */
export const roleName = (cluster: string, tenantId: string): string => `${cluster}--${tenantId}`;

export interface RamIdentityArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly provider: pulumi.ProviderResource;
  readonly objectStore: pulumi.Input<ObjectStoreFacts>;
  readonly identityProvider: pulumi.Input<IdentityProvider>;
}

/**
 * A RAM role a tenant, by RRSA: the pod's own ServiceAccount token is exchanged for credentials of an hour that reach
 * the tenant's prefix of the bucket and nothing else.
 */
export function ramIdentities({
  cluster,
  provider,
  objectStore,
  identityProvider,
}: RamIdentityArgs): IdentityOf {
  return (tenant, { parent }) => {
    const opts = { parent, provider };
    const name = roleName(cluster, tenant.id);
    const tags = { ...cloudTags(), tenant: tenant.id };
    const role = new Role(
      `${tenant.id}-role`,
      {
        roleName: name,
        description: `OpenClaw tenant ${tenant.id}: its prefix of the bucket`,
        assumeRolePolicyDocument: pulumi
          .output(identityProvider)
          .apply((by) => policyDocument([trust(by, tenant.id)])),
        maxSessionDuration: 3600,
        tags,
      },
      opts,
    );
    const policy = new Policy(
      `${tenant.id}-role-policy`,
      {
        policyName: name,
        policyDocument: pulumi
          .output(objectStore)
          .apply((store) => policyDocument(prefixAccess(store, tenant.id))),
        // A policy keeps five versions; without this its sixth would fail.
        rotateStrategy: "DeleteOldestNonDefaultVersionWhenLimitExceeded",
        tags,
      },
      opts,
    );
    new RolePolicyAttachment(
      `${tenant.id}-role-attachment`,
      { roleName: role.roleName, policyName: policy.policyName, policyType: "Custom" },
      opts,
    );
    return workloadIdentity(name);
  };
}

/** The tenant's one ServiceAccount may take the role, by a token meant for that purpose, and nobody else. */
export function trust({ arn, issuer }: IdentityProvider, tenantId: string): Statement {
  return {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Federated: [arn] },
    Condition: {
      StringEquals: {
        "oidc:iss": [issuer],
        "oidc:aud": ["sts.aliyuncs.com"],
        "oidc:sub": [`system:serviceaccount:${namespaceName(tenantId)}:${objectNames.serviceAccount}`],
      },
    },
  };
}

/**
 * Reading, writing and listing below the prefix. Versions are out of reach: what a tenant deletes or overwrites, by
 * mistake or by its assistant's, an administrator can bring back.
 */
export function prefixAccess({ bucket, encryptionKeyArn }: ObjectStoreFacts, tenantId: string): Statement[] {
  const prefix = tenantPrefix(tenantId);
  return [
    {
      Effect: "Allow",
      Action: [
        "oss:GetObject",
        "oss:PutObject",
        "oss:DeleteObject",
        "oss:AbortMultipartUpload",
        "oss:ListParts",
      ],
      Resource: [`acs:oss:*:*:${bucket}/${prefix}*`],
    },
    {
      Effect: "Allow",
      Action: ["oss:ListObjects"],
      Resource: [`acs:oss:*:*:${bucket}`],
      Condition: { StringLike: { "oss:Prefix": [`${prefix}*`] } },
    },
    // OSS encrypts and decrypts with the key in the name of whoever asks for the object.
    ...(encryptionKeyArn === undefined
      ? []
      : [
          {
            Effect: "Allow" as const,
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: [encryptionKeyArn],
          },
        ]),
  ];
}

/** The labels and annotations that ack-pod-identity-webhook looks for. Source: ACK documentation, “Use RRSA to authorize pods”. */
const workloadIdentity = (role: string): WorkloadIdentity => ({
  namespaceLabels: { "pod-identity.alibabacloud.com/injection": "on" },
  serviceAccountAnnotations: { "pod-identity.alibabacloud.com/role-name": role },
});
