import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { alibabaCloud, type Cloud, tencentCloud } from "../../ops/ci/clouds.ts";
import { idToken } from "../../ops/ci/idToken.ts";
import { githubEnvironmentLines, login, maskLines, shellLines } from "../../ops/ci/login.ts";
import { type HttpAnswer, httpServer } from "../fixtures/httpServer.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const claims = {
  iss: "https://token.example",
  aud: "sts.aliyuncs.com",
  sub: "repo:acme/fleet:environment:preview",
};
const token = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

const alibaba = {
  ALIBABA_CLOUD_OIDC_TOKEN: token,
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/github",
  ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/preview",
};
const tencent = {
  TENCENTCLOUD_OIDC_TOKEN: token,
  TENCENTCLOUD_OIDC_PROVIDER: "github",
  TENCENTCLOUD_ROLE_ARN: "qcs::cam::uin/1:roleName/preview",
  TENCENTCLOUD_REGION: "ap-shanghai",
};

async function exchanged(cloud: Cloud, environment: Record<string, string>, answer: HttpAnswer) {
  await using server = await httpServer(() => answer);
  const credentials = await cloud.credentials(environment, new URL(server.url));
  return { credentials, request: server.requests[0] };
}

test("Alibaba Cloud exchanges the token, unsigned, for the role's credentials", async () => {
  const { credentials, request } = await exchanged(alibabaCloud, alibaba, {
    json: { Credentials: { AccessKeyId: "STS.id", AccessKeySecret: "key", SecurityToken: "session" } },
  });
  expect(credentials).toEqual({
    ALICLOUD_ACCESS_KEY: "STS.id",
    ALICLOUD_SECRET_KEY: "key",
    ALICLOUD_SECURITY_TOKEN: "session",
  });
  expect(request?.path).toBe("/");
  expect(Object.fromEntries(new URLSearchParams(request?.body))).toMatchObject({
    Action: "AssumeRoleWithOIDC",
    Version: "2015-04-01",
    OIDCProviderArn: "acs:ram::1:oidc-provider/github",
    RoleArn: "acs:ram::1:role/preview",
    OIDCToken: token,
    DurationSeconds: "3600",
    Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
});

test("Tencent Cloud exchanges the token, unsigned, for the role's credentials", async () => {
  const { credentials, request } = await exchanged(tencentCloud, tencent, {
    json: {
      Response: { Credentials: { TmpSecretId: "id", TmpSecretKey: "key", Token: "session" }, RequestId: "r" },
    },
  });
  expect(credentials).toEqual({
    TENCENTCLOUD_SECRET_ID: "id",
    TENCENTCLOUD_SECRET_KEY: "key",
    TENCENTCLOUD_SECURITY_TOKEN: "session",
  });
  expect(request?.headers).toMatchObject({
    authorization: "SKIP",
    "x-tc-action": "AssumeRoleWithWebIdentity",
    "x-tc-version": "2018-08-13",
    "x-tc-region": "ap-shanghai",
  });
  expect(JSON.parse(request?.body ?? "")).toMatchObject({ ProviderId: "github", WebIdentityToken: token });
});

test.each<[string, Cloud, Record<string, string>, HttpAnswer, string]>([
  [
    "Alibaba",
    alibabaCloud,
    alibaba,
    { status: 400, json: { Code: "AuthenticationFail.OIDCToken" } },
    "AuthenticationFail",
  ],
  [
    "Tencent",
    tencentCloud,
    tencent,
    { json: { Response: { Error: { Code: "InvalidParameter", Message: "no" } } } },
    "InvalidParameter",
  ],
])(
  "a refusal by %s says what the trust policy must accept, and not the token",
  async (_, cloud, given, answer, code) => {
    const error = await exchanged(cloud, given, answer).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    expect(message).toContain(code);
    expect(message).toContain("sub repo:acme/fleet:environment:preview");
    expect(message).not.toContain(token);
  },
);

test("GitHub is asked for a token for one audience", async () => {
  await using server = await httpServer(() => ({ json: { value: "jwt" } }));
  const environment = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner",
  };
  expect(await idToken(environment, "NO_TOKEN", "sts.aliyuncs.com")).toBe("jwt");
  expect(server.requests[0]).toMatchObject({
    path: "/token?api-version=2&audience=sts.aliyuncs.com",
    headers: { authorization: "Bearer runner" },
  });
});

test("a job without the permission learns which one it needs", async () => {
  await expect(idToken({}, "NO_TOKEN", "aud")).rejects.toThrow(/id-token: write/);
});

const cloud = (name: string, clusterKind: string): Cloud => ({
  name,
  clusterKind,
  roleVariable: `${name}_ROLE`,
  credentials: async () => ({ [`${name}_KEY`]: `${name} secret` }),
});
const known = [cloud("A", "ack"), cloud("T", "tke")];

test("the clouds whose roles are named are logged in to, and no other", async () => {
  const result = await login("ack", { A_ROLE: "r", T_ROLE: "" }, known);
  expect(result).toEqual({ variables: { A_KEY: "A secret" }, secrets: ["A secret"], said: ["A: r"] });
});

test("the cloud of the stack's cluster must be among them", async () => {
  await expect(login("tke", { A_ROLE: "r" }, known)).rejects.toThrow("T_ROLE");
});

test("a kubeconfig becomes a file that only its owner can read", async () => {
  using folder = temporaryFolder();
  const environment = { KUBECONFIG_CONTENT: "apiVersion: v1\n", RUNNER_TEMP: folder.path };
  const { variables, secrets } = await login("existing", environment, known);
  const file = variables.KUBECONFIG ?? "";
  expect(file.startsWith(folder.path)).toBe(true);
  expect(readFileSync(file, "utf8")).toBe("apiVersion: v1\n");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(secrets).toEqual([]);
});

test("what is set for later steps is hidden in their logs, and cannot set anything else", () => {
  expect(githubEnvironmentLines({ A: "x=y", B: "z" })).toBe("A=x=y\nB=z\n");
  expect(maskLines(["x", "y"])).toBe("::add-mask::x\n::add-mask::y\n");
  expect(() => githubEnvironmentLines({ A: "x\nPATH=/tmp" })).toThrow(UserError);
});

test("a shell evaluates the variables to what they were", () => {
  const script = `${shellLines({ A: "it's $HOME", B: "2" })}printf '%s|%s' "$A" "$B"`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe("it's $HOME|2");
});
