import { describe, expect, test } from "vitest";
import { alicloud, tencentcloud } from "../../policy/types.ts";
import { computed } from "../../policy/values.ts";
import { brokenRules, resource, resourceViolations } from "../fixtures/policyResources.ts";

const allow = { Effect: "Allow", Action: ["oss:GetObject"], Resource: ["acs:oss:*:*:tenants/acme/*"] };

/** A document of RAM with one statement. */
const ram = (change: object = {}) => JSON.stringify({ Version: "1", Statement: [{ ...allow, ...change }] });

/** A document of CAM, in its lower-case spelling. */
const cam = (change: object = {}) =>
  JSON.stringify({
    version: "2.0",
    statement: [
      {
        effect: "allow",
        action: ["name/cos:GetObject"],
        resource: ["qcs::cos:ap-guangzhou:uid/1:tenants-1/acme/*"],
        ...change,
      },
    ],
  });

const violationsOf = (type: string, props: object) => resourceViolations(resource(type, props));

describe("permissions", () => {
  test.for([
    [alicloud.ramPolicy, { policyDocument: ram() }],
    [alicloud.ramPolicy, { document: ram() }],
    [alicloud.ramPolicy, { statements: [{ effect: "Allow", actions: ["oss:Get*"], resources: ["a"] }] }],
    [alicloud.ramPolicy, { policyDocument: ram({ Effect: "Deny", Action: "*", Resource: "*" }) }],
    [alicloud.ramPolicy, { policyDocument: computed }],
    [alicloud.bucket, { policy: "" }],
    [alicloud.bucketPolicy, { bucket: "tenants", policy: ram({ Principal: ["1234567890"] }) }],
    [alicloud.ramRolePolicyAttachment, { policyName: "tenant-acme", policyType: "Custom", roleName: "acme" }],
    [tencentcloud.camPolicy, { document: cam() }],
    [tencentcloud.camRolePolicyAttachmentByName, { policyName: "QcloudCOSDataReadOnly" }],
  ] as const)("%s with %j are named", ([type, props]) => {
    expect(violationsOf(type, props)).toEqual([]);
  });

  test.for([
    [alicloud.ramPolicy, { policyDocument: ram({ Action: "*" }) }, /action "\*"/],
    [alicloud.bucketPolicy, { policy: ram({ Action: "*", Principal: ["1"] }) }, /action "\*"/],
    [alicloud.bucket, { policy: ram({ Action: "*", Principal: ["1"] }) }, /action "\*"/],
    [
      tencentcloud.cosBucketPolicy,
      { policy: cam({ action: "*", principal: { qcs: ["1"] } }) },
      /action "\*"/,
    ],
    [alicloud.ramPolicy, { document: ram({ Action: ["oss:GetObject", "oss:*"] }) }, /action "oss:\*"/],
    [alicloud.ramPolicy, { policyDocument: ram({ Resource: "*" }) }, /resource "\*"/],
    [alicloud.ramPolicy, { policyDocument: ram({ Resource: ["acs:oss:*:*:*"] }) }, /"acs:oss:\*:\*:\*"/],
    [alicloud.ramPolicy, { policyDocument: ram({ NotAction: "ram:*" }) }, /NotAction/],
    [alicloud.ramPolicy, { policyDocument: ram({ NotResource: "a" }) }, /NotResource/],
    [
      alicloud.ramPolicy,
      { statements: [{ effect: "Allow", actions: ["*"], resources: ["acs:oss:*:*:tenants/*"] }] },
      /action "\*"/,
    ],
    [alicloud.ramPolicy, { policyDocument: "Statement: []" }, /policyDocument is not a policy document/],
    [alicloud.bucketPolicy, { policy: ram({ Action: "oss:*", Principal: ["1"] }) }, /action "oss:\*"/],
    [alicloud.ramRolePolicyAttachment, { policyName: "AdministratorAccess" }, /AdministratorAccess/],
    [alicloud.ramRolePolicyAttachment, { policyName: "AliyunOSSFullAccess" }, /AliyunOSSFullAccess/],
    [alicloud.ramUserPolicyAttachment, { policyName: "AliyunOSSFullAccess" }, /AliyunOSSFullAccess/],
    [tencentcloud.camPolicy, { document: cam({ action: ["cos:*"] }) }, /action "cos:\*"/],
    [tencentcloud.camPolicy, { document: cam({ action: "name/cos:*" }) }, /action "name\/cos:\*"/],
    [tencentcloud.camPolicy, { document: cam({ resource: ["*"] }) }, /resource "\*"/],
    [tencentcloud.camRolePolicyAttachmentByName, { policyName: "QcloudCOSFullAccess" }, /QcloudCOSFull/],
  ] as const)("%s with %j are not", ([type, props, message]) => {
    const violations = violationsOf(type, props);
    expect(brokenRules(violations)).toEqual(["no-wildcard-permission"]);
    expect(violations[0]).toMatch(message);
  });
});

/** A role that pods assume with their service account's token (RRSA). */
const podRole = (condition?: object) =>
  ram({
    Action: "sts:AssumeRole",
    Resource: undefined,
    Principal: { Federated: ["acs:ram::1234567890:oidc-provider/ack-rrsa-c1"] },
    Condition: condition,
  });

const tkePodRole = (subjects?: readonly string[]) =>
  cam({
    principal: { federated: ["qcs::cam::uin/1:oidc-provider/tke"] },
    condition: { string_equal: { "oidc:aud": ["sts.cloud.tencent.com"], "oidc:sub": subjects } },
  });

const subject = (name: string) => ({ StringEquals: { "oidc:aud": "sts.aliyuncs.com", "oidc:sub": name } });

describe("principals", () => {
  test.for([
    [alicloud.ramRole, { assumeRolePolicyDocument: ram({ Principal: { Service: ["ecs.aliyuncs.com"] } }) }],
    [alicloud.ramRole, { document: podRole(subject("system:serviceaccount:tenant-acme:openclaw")) }],
    [alicloud.ramRole, { assumeRolePolicyDocument: computed }],
    [tencentcloud.camRole, { document: cam({ principal: { service: ["ccs.qcloud.com"] } }) }],
    [tencentcloud.camRole, { document: tkePodRole(["system:serviceaccount:tenant-acme:openclaw"]) }],
    [tencentcloud.cosBucketPolicy, { policy: cam({ principal: { qcs: ["qcs::cam::uin/1:uin/2"] } }) }],
  ] as const)("%s with %j are named", ([type, props]) => {
    expect(violationsOf(type, props)).toEqual([]);
  });

  test.for([
    [alicloud.ramRole, { assumeRolePolicyDocument: ram({ Principal: "*" }) }, /principal "\*"/],
    [alicloud.ramRole, { document: ram({ Principal: { RAM: ["*"] } }) }, /principal "\*"/],
    [alicloud.ramRole, { document: ram({ Principal: { RAM: "acs:ram::*:root" } }) }, /acs:ram::\*:root/],
    [alicloud.ramRole, { document: ram({ NotPrincipal: { RAM: ["acs:ram::1:root"] } }) }, /NotPrincipal/],
    [alicloud.ramRole, { document: podRole() }, /every pod.*oidc:sub/],
    [
      alicloud.ramRole,
      { document: podRole(subject("system:serviceaccount:tenant-*:openclaw")) },
      /every pod/,
    ],
    [alicloud.ramRole, { document: "anybody" }, /document is not a policy document/],
    [alicloud.bucketPolicy, { policy: ram({ Principal: ["*"] }) }, /principal "\*"/],
    [tencentcloud.camRole, { document: cam({ principal: { qcs: ["*"] } }) }, /principal "\*"/],
    [tencentcloud.camRole, { document: tkePodRole() }, /every pod/],
    [
      tencentcloud.cosBucketPolicy,
      { policy: cam({ principal: { qcs: ["qcs::cam::anyone:anyone"] } }) },
      /anyone/,
    ],
    [tencentcloud.camRole, { document: cam({ principal: { qcs: ["qcs::cam::anyone"] } }) }, /anyone/],
    [alicloud.bucket, { policy: ram({ Principal: ["*"] }) }, /principal "\*"/],
  ] as const)("%s with %j are anybody", ([type, props, message]) => {
    const violations = violationsOf(type, props);
    expect(brokenRules(violations)).toEqual(["no-anonymous-principal"]);
    expect(violations[0]).toMatch(message);
  });
});

test("one ServiceAccount with a wildcard among those that a role names is anybody again", () => {
  const role = (...names: readonly string[]) =>
    violationsOf(alicloud.ramRole, {
      assumeRolePolicyDocument: ram({
        Principal: { Federated: ["acs:ram::1:oidc-provider/ack"] },
        Condition: { StringEquals: { "oidc:sub": names } },
      }),
    });
  expect(role("system:serviceaccount:a:b", "system:serviceaccount:c:d")).toEqual([]);
  expect(role("system:serviceaccount:a:b", "system:serviceaccount:*:d")).toHaveLength(1);
});

test("an identity provider that is not the cluster's needs no ServiceAccount", () => {
  const trusting = (principal: object) =>
    violationsOf(alicloud.ramRole, { assumeRolePolicyDocument: ram({ Principal: principal }) });
  expect(trusting({ Federated: ["acs:ram::1:saml-provider/corp"] })).toEqual([]);
  expect(trusting({ RAM: ["acs:ram::1:oidc-provider/ack"] })).toEqual([]);
});

test.each(["MyAdministratorAccessLog", "AliyunOSSFullAccessAudit"])(
  "%s is a name like another",
  (policyName) => {
    expect(violationsOf(alicloud.ramRolePolicyAttachment, { policyName })).toEqual([]);
  },
);

test("a statement as data is looked at in a policy of RAM alone", () => {
  const statements = [{ effect: "Allow", actions: ["*"], resources: ["*"] }];
  expect(violationsOf(alicloud.ramPolicy, { statements })).toHaveLength(2);
  expect(violationsOf(alicloud.ramRole, { statements })).toEqual([]);
});

test("a negation is of what is allowed, or of who is: each rule names its own", () => {
  const broken = (change: object) =>
    brokenRules(violationsOf(alicloud.bucketPolicy, { policy: ram(change) }));
  expect(broken({ NotAction: "oss:Get*", Principal: ["1"] })).toEqual(["no-wildcard-permission"]);
  expect(broken({ NotPrincipal: ["1"] })).toEqual(["no-anonymous-principal"]);
});
