// Exchanges the token of the pod's ServiceAccount, which the cloud's webhook has mounted, for credentials of an hour, and
// writes them where restic looks for them (the format of ~/.aws/credentials). Neither request is signed: the token is
// what proves who asks. Standard library alone; runs in OpenClaw's image.
//
// https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
// https://www.tencentcloud.com/document/product/1150/49454
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const { env } = process;
const session = { name: "openclaw-backup", seconds: 3600 };

async function alibaba() {
  const body = new URLSearchParams({
    Action: "AssumeRoleWithOIDC",
    Version: "2015-04-01",
    Format: "JSON",
    Timestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    SignatureNonce: randomUUID(),
    OIDCProviderArn: env.ALIBABA_CLOUD_OIDC_PROVIDER_ARN,
    RoleArn: env.ALIBABA_CLOUD_ROLE_ARN,
    RoleSessionName: session.name,
    DurationSeconds: String(session.seconds),
    OIDCToken: readFileSync(env.ALIBABA_CLOUD_OIDC_TOKEN_FILE, "utf8"),
  });
  const answer = await ask(env.STS_ENDPOINT ?? `https://sts.${env.REGION}.aliyuncs.com/`, { body });
  const { AccessKeyId, AccessKeySecret, SecurityToken } = answer.Credentials;
  return [AccessKeyId, AccessKeySecret, SecurityToken];
}

async function tencent() {
  const body = JSON.stringify({
    ProviderId: env.TKE_PROVIDER_ID,
    RoleArn: env.TKE_ROLE_ARN,
    RoleSessionName: session.name,
    DurationSeconds: session.seconds,
    WebIdentityToken: readFileSync(env.TKE_WEB_IDENTITY_TOKEN_FILE, "utf8"),
  });
  const headers = {
    "content-type": "application/json",
    authorization: "SKIP",
    "x-tc-action": "AssumeRoleWithWebIdentity",
    "x-tc-version": "2018-08-13",
    "x-tc-timestamp": String(Math.floor(Date.now() / 1000)),
    "x-tc-region": env.REGION,
  };
  // A refusal arrives with status 200.
  const { Response } = await ask(env.STS_ENDPOINT ?? "https://sts.tencentcloudapi.com/", { body, headers });
  if (Response.Error !== undefined) {
    throw new Error(`${Response.Error.Code}: ${Response.Error.Message}`);
  }
  const { TmpSecretId, TmpSecretKey, Token } = Response.Credentials;
  return [TmpSecretId, TmpSecretKey, Token];
}

async function ask(endpoint, request) {
  const response = await fetch(endpoint, {
    method: "POST",
    signal: AbortSignal.timeout(30_000),
    ...request,
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${endpoint} answered ${response.status}: ${text.slice(0, 500)}`);
  }
  return JSON.parse(text);
}

const clouds = { ALIBABA_CLOUD_OIDC_TOKEN_FILE: alibaba, TKE_WEB_IDENTITY_TOKEN_FILE: tencent };

try {
  const [, credentials] = Object.entries(clouds).find(([variable]) => env[variable]) ?? [];
  if (credentials === undefined) {
    throw new Error(
      `no ${Object.keys(clouds).join(" or ")}: the cloud's webhook for pod identities has not seen this pod`,
    );
  }
  const [id, key, token] = await credentials();
  const lines = [
    "[default]",
    `aws_access_key_id = ${id}`,
    `aws_secret_access_key = ${key}`,
    `aws_session_token = ${token}`,
  ];
  writeFileSync(env.CREDENTIALS_FILE, `${lines.join("\n")}\n`, { mode: 0o600 });
  console.log("identity: credentials for an hour");
} catch (error) {
  console.error(`identity: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
