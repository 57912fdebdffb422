import { allowingStatements, type Statement } from "../documents.ts";
import type { PolicyResource, ResourceRule } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, items, shown } from "../values.ts";

/** Properties that hold policy documents, by what the document says: what may be done, or by whom. */
const permissionDocuments: Readonly<Record<string, readonly string[]>> = {
  [alicloud.ramPolicy]: ["policyDocument", "document"],
  [alicloud.bucketPolicy]: ["policy"],
  [alicloud.bucket]: ["policy"],
  [tencentcloud.camPolicy]: ["document"],
  [tencentcloud.cosBucketPolicy]: ["policy"],
};
const principalDocuments: Readonly<Record<string, readonly string[]>> = {
  [alicloud.ramRole]: ["assumeRolePolicyDocument", "document"],
  [alicloud.bucketPolicy]: ["policy"],
  [alicloud.bucket]: ["policy"],
  [tencentcloud.camRole]: ["document"],
  [tencentcloud.cosBucketPolicy]: ["policy"],
};

/** Attachments of policies that the cloud wrote. */
const attachments: readonly string[] = [
  alicloud.ramRolePolicyAttachment,
  alicloud.ramUserPolicyAttachment,
  tencentcloud.camRolePolicyAttachmentByName,
];

export const noWildcardPermission: ResourceRule = {
  name: "no-wildcard-permission",
  description: "Permissions name their actions and resources.",
  check: (resource) => [
    ...checkDocuments(resource, permissionDocuments, wildcards),
    // The deprecated way to write a document of RAM, as data.
    ...(resource.type === alicloud.ramPolicy
      ? allowingStatements({ Statement: at(resource.props, "statements") }).flatMap(wildcards)
      : []),
    ...(attachments.includes(resource.type) ? broadPolicies(resource) : []),
  ],
};

function wildcards({ actions, resources, negations }: Statement): readonly string[] {
  return [
    ...actions
      .filter((action) => action === "*" || (typeof action === "string" && action.endsWith(":*")))
      .map((action) => `the action ${shown(action)} is everything a service can do: name the actions`),
    ...resources
      .filter((resource) => typeof resource === "string" && /(^|:)\*$/.test(resource))
      .map((resource) => `the resource ${shown(resource)} is every resource: name those that are meant`),
    ...negations
      .filter((key) => !/principal/i.test(key))
      .map((key) => `${key} allows everything but what it names: name what is allowed instead`),
  ];
}

function broadPolicies({ props }: PolicyResource): readonly string[] {
  const name = at(props, "policyName");
  return typeof name === "string" && /(^AdministratorAccess|FullAccess)$/.test(name)
    ? [`the policy ${shown(name)} is everything a service can do: write one that names the actions`]
    : [];
}

export const noAnonymousPrincipal: ResourceRule = {
  name: "no-anonymous-principal",
  description: "Who may assume a role or use a bucket is named.",
  check: (resource) => checkDocuments(resource, principalDocuments, anonymous),
};

const anybody = /^(\*|qcs::cam::anyone(:.*)?|acs:ram::\*:.*)$/;

function anonymous({ principals, conditions, negations }: Statement): readonly string[] {
  return [
    ...principals
      .filter(({ name }) => typeof name === "string" && anybody.test(name))
      .map(({ name }) => `the principal ${shown(name)} is anybody: name the account, role or service`),
    ...negations
      .filter((key) => /principal/i.test(key))
      .map((key) => `${key} is anybody but those it names: name who is allowed instead`),
    ...(principals.some(isClusterOidc) && !namesServiceAccount(conditions)
      ? [
          "every pod of the cluster may assume this role: add the condition " +
            'StringEquals (in CAM string_equal) { "oidc:sub": "system:serviceaccount:<namespace>:<name>" }',
        ]
      : []),
  ];
}

/** RRSA of ACK, OIDC of TKE: pods assume the role with the token of their service account. */
function isClusterOidc({ sort, name }: Statement["principals"][number]): boolean {
  return sort === "federated" && typeof name === "string" && name.includes(":oidc-provider/");
}

function namesServiceAccount(conditions: Statement["conditions"]): boolean {
  const names = Object.values(conditions).flatMap((comparison) => items(at(comparison, "oidc:sub")));
  return names.length > 0 && names.every((name) => typeof name === "string" && !/[*?]/.test(name));
}

function checkDocuments(
  { type, props }: PolicyResource,
  properties: Readonly<Record<string, readonly string[]>>,
  check: (statement: Statement) => readonly string[],
): readonly string[] {
  return (properties[type] ?? []).flatMap((property) => {
    try {
      return allowingStatements(at(props, property)).flatMap(check);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return [`${property} is not a policy document: ${reason}; write it with JSON.stringify`];
    }
  });
}
