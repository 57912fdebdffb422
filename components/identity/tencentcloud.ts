import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../cloudTags.ts";
import type { IdentityProvider } from "../cluster/cloud.ts";
import { identityAudience } from "../cluster/tke/controlPlane.ts";
import { namespaceName, objectNames } from "../names.ts";
import { type ObjectStoreFacts, tenantPrefix } from "../services/objectStore.ts";
import { bucketResource, policyDocument, type Statement } from "../services/tencentcloud/policy.ts";
import { CamPolicy, CamRole, CamRolePolicyAttachmentByName } from "../tencentcloud/cam.ts";
import type { TencentAccount } from "../tencentcloud/provider.ts";
import type { IdentityOf, WorkloadIdentity } from "./identity.ts";

/** The name of the role and of its policy. No id and no cluster's name has two hyphens in a row, so it is unambiguous. */
export const roleName = (cluster: string, tenantId: string): string => `${cluster}--${tenantId}`;

export interface CamIdentityArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly account: TencentAccount;
  readonly provider: pulumi.ProviderResource;
  readonly objectStore: pulumi.Input<ObjectStoreFacts>;
  readonly identityProvider: pulumi.Input<IdentityProvider>;
}

/**
 * A CAM role a tenant: the pod's own ServiceAccount token is exchanged for credentials of two hours at most that reach
 * the tenant's prefix of the bucket and nothing else.
 */
export function camIdentities(args: CamIdentityArgs): IdentityOf {
  const { cluster, account, provider } = args;
  const identityProvider = pulumi.output(args.identityProvider);
  const objectStore = pulumi.output(args.objectStore);
  return (tenant, { parent }) => {
    const opts = { parent, provider };
    const name = roleName(cluster, tenant.id);
    const tags = { ...cloudTags(), tenant: tenant.id };
    const description = `OpenClaw tenant ${tenant.id}: its prefix of the bucket`;
    const role = new CamRole(
      `${tenant.id}-role`,
      {
        name,
        description,
        document: identityProvider.apply((by) => policyDocument([trust(by, tenant.id)])),
        consoleLogin: false,
        tags,
      },
      opts,
    );
    const policy = new CamPolicy(
      `${tenant.id}-role-policy`,
      {
        name,
        description,
        document: objectStore.apply((store) => policyDocument(prefixAccess(store, tenant.id))),
        tags,
      },
      opts,
    );
    new CamRolePolicyAttachmentByName(
      `${tenant.id}-role-attachment`,
      { roleName: role.name, policyName: policy.name },
      opts,
    );
    return workloadIdentity(`qcs::cam::uin/${account.uin}:roleName/${name}`);
  };
}

/** The tenant's one ServiceAccount may take the role, by a token meant for that purpose, and nobody else. */
export function trust({ arn, issuer }: IdentityProvider, tenantId: string): Statement {
  return {
    effect: "allow",
    action: ["name/sts:AssumeRoleWithWebIdentity"],
    principal: { federated: [arn] },
    condition: {
      string_equal: {
        "oidc:iss": [issuer],
        "oidc:aud": [identityAudience],
        "oidc:sub": [`system:serviceaccount:${namespaceName(tenantId)}:${objectNames.serviceAccount}`],
      },
    },
  };
}

/**
 * Reading, writing and listing below the prefix. Versions are out of reach: what a tenant deletes or overwrites, by
 * mistake or by its assistant's, an administrator can bring back.
 */
export function prefixAccess({ region, bucket }: ObjectStoreFacts, tenantId: string): Statement[] {
  const prefix = tenantPrefix(tenantId);
  return [
    {
      effect: "allow",
      action: [
        "name/cos:GetObject",
        "name/cos:HeadObject",
        "name/cos:PutObject",
        "name/cos:DeleteObject",
        "name/cos:InitiateMultipartUpload",
        "name/cos:UploadPart",
        "name/cos:CompleteMultipartUpload",
        "name/cos:AbortMultipartUpload",
        "name/cos:ListParts",
      ],
      resource: [bucketResource(region, bucket, `${prefix}*`)],
    },
    {
      effect: "allow",
      action: ["name/cos:GetBucket"],
      resource: [bucketResource(region, bucket, "*")],
      // As it stands in a URL: COS compares the parameter before it is decoded. Source: COS documentation, “Conditions”.
      condition: { string_like: { "cos:prefix": `${encodeURIComponent(prefix)}*` } },
    },
  ];
}

/** The annotations that TKE's pod-identity-webhook looks for. Source: https://www.tencentcloud.com/document/product/457/57285 */
const workloadIdentity = (roleArn: string): WorkloadIdentity => ({
  namespaceLabels: {},
  serviceAccountAnnotations: {
    "tke.cloud.tencent.com/role-arn": roleArn,
    "tke.cloud.tencent.com/audience": identityAudience,
    // Seconds of the token in the pod; it is renewed in time.
    "tke.cloud.tencent.com/token-expiration": "3600",
  },
});
