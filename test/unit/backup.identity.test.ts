import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { type HttpAnswer, httpServer } from "../fixtures/httpServer.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const script = join(repository, "components/backup/scripts/backup-identity.mjs");
const token = "e30.e30.c2ln";

/** As the clouds' webhooks set them in a pod. */
const alibaba = (tokenFile: string) => ({
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/ack-rrsa",
  ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/tenant-acme",
  ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
});
const tencent = (tokenFile: string) => ({
  TKE_PROVIDER_ID: "cls-1",
  TKE_ROLE_ARN: "qcs::cam::uin/1:roleName/tenant-acme",
  TKE_WEB_IDENTITY_TOKEN_FILE: tokenFile,
});

async function exchanged(environment: (tokenFile: string) => Record<string, string>, answer: HttpAnswer) {
  using folder = temporaryFolder({ token });
  await using server = await httpServer(() => answer);
  const credentialsFile = join(folder.path, "credentials");
  const { code, stderr } = await run(process.execPath, [script], {
    env: {
      ...environment(join(folder.path, "token")),
      REGION: "ap-shanghai",
      STS_ENDPOINT: server.url,
      CREDENTIALS_FILE: credentialsFile,
    },
  });
  const file = statSync(credentialsFile, { throwIfNoEntry: false });
  return {
    code,
    stderr,
    request: server.requests[0],
    credentials: file && { mode: file.mode & 0o777, text: readFileSync(credentialsFile, "utf8") },
  };
}

/** The credentials file of restic's S3 client: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html */
const credentials = {
  mode: 0o600,
  text: "[default]\naws_access_key_id = id\naws_secret_access_key = key\naws_session_token = session\n",
};

test("a backup on ACK exchanges its pod's token for credentials of an hour", async () => {
  const outcome = await exchanged(alibaba, {
    json: { Credentials: { AccessKeyId: "id", AccessKeySecret: "key", SecurityToken: "session" } },
  });
  expect(outcome).toMatchObject({ code: 0, credentials, request: { method: "POST" } });
  expect(Object.fromEntries(new URLSearchParams(outcome.request?.body))).toMatchObject({
    Action: "AssumeRoleWithOIDC",
    Version: "2015-04-01",
    OIDCProviderArn: "acs:ram::1:oidc-provider/ack-rrsa",
    RoleArn: "acs:ram::1:role/tenant-acme",
    OIDCToken: token,
    DurationSeconds: "3600",
    Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
});

test("a backup on TKE exchanges its pod's token for credentials of an hour", async () => {
  const outcome = await exchanged(tencent, {
    json: { Response: { Credentials: { TmpSecretId: "id", TmpSecretKey: "key", Token: "session" } } },
  });
  expect(outcome).toMatchObject({ code: 0, credentials });
  expect(outcome.request?.headers).toMatchObject({
    authorization: "SKIP",
    "x-tc-action": "AssumeRoleWithWebIdentity",
    "x-tc-version": "2018-08-13",
    "x-tc-region": "ap-shanghai",
  });
  expect(JSON.parse(outcome.request?.body ?? "")).toEqual({
    ProviderId: "cls-1",
    RoleArn: "qcs::cam::uin/1:roleName/tenant-acme",
    RoleSessionName: "openclaw-backup",
    DurationSeconds: 3600,
    WebIdentityToken: token,
  });
});

test.each<[string, (tokenFile: string) => Record<string, string>, HttpAnswer, string]>([
  ["Alibaba", alibaba, { status: 400, json: { Code: "AuthenticationFail.OIDCToken" } }, "AuthenticationFail"],
  [
    "Tencent",
    tencent,
    { json: { Response: { Error: { Code: "InvalidParameter", Message: "no" } } } },
    "InvalidParameter: no",
  ],
  ["no webhook", () => ({}), { json: {} }, "webhook for pod identities"],
])(
  "a refusal (%s) fails the step with its reason, and without the token",
  async (_, given, answer, reason) => {
    const { code, stderr, credentials } = await exchanged(given, answer);
    expect({ code, credentials }).toEqual({ code: 1, credentials: undefined });
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain(token);
  },
);
