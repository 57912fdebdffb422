import { randomUUID } from "node:crypto";
import { z } from "zod";
import { UserError } from "../../lib/terminal/errors.ts";
import { requestJson, type Variables, variable } from "./http.ts";
import { claimsText, idToken } from "./idToken.ts";

/**
 * Clouds that exchange a token of the CI for credentials that last an hour, so that no key of them is kept anywhere.
 * Neither call is signed: the token is what proves who asks.
 */
export interface Cloud {
  readonly name: string;
  /** The kind of openclaw:cluster. */
  readonly clusterKind: string;
  /** The role to take; a cloud without it is left alone. */
  readonly roleVariable: string;
  /** Secret variables, as the cloud's provider reads them. */
  credentials(environment: Variables, endpoint?: URL): Promise<Record<string, string>>;
}

/** Seconds: the longest that a role allows unless its own maximum was raised. */
const sessionSeconds = 3600;

/** The session's name in the cloud's audit log. */
const sessionName = "openclaw-ci";

const alibabaAnswer = z.object({
  Credentials: z.object({ AccessKeyId: z.string(), AccessKeySecret: z.string(), SecurityToken: z.string() }),
});

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc */
export const alibabaCloud: Cloud = {
  name: "Alibaba Cloud",
  clusterKind: "ack",
  roleVariable: "ALIBABA_CLOUD_ROLE_ARN",
  async credentials(environment, endpoint = new URL("https://sts.aliyuncs.com/")) {
    const token = await idToken(environment, "ALIBABA_CLOUD_OIDC_TOKEN", "sts.aliyuncs.com");
    const body = new URLSearchParams({
      Action: "AssumeRoleWithOIDC",
      Version: "2015-04-01",
      Format: "JSON",
      Timestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
      SignatureNonce: randomUUID(),
      OIDCProviderArn: variable(environment, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"),
      RoleArn: variable(environment, "ALIBABA_CLOUD_ROLE_ARN"),
      RoleSessionName: sessionName,
      DurationSeconds: String(sessionSeconds),
      OIDCToken: token,
    });
    const answer = await exchange(token, () =>
      requestJson(alibabaAnswer, endpoint, { method: "POST", body }),
    );
    return {
      ALICLOUD_ACCESS_KEY: answer.Credentials.AccessKeyId,
      ALICLOUD_SECRET_KEY: answer.Credentials.AccessKeySecret,
      ALICLOUD_SECURITY_TOKEN: answer.Credentials.SecurityToken,
    };
  },
};

/** A refusal arrives with status 200. */
const tencentAnswer = z.object({
  Response: z.union([
    z.object({
      Credentials: z.object({ TmpSecretId: z.string(), TmpSecretKey: z.string(), Token: z.string() }),
    }),
    z.object({ Error: z.object({ Code: z.string(), Message: z.string() }) }),
  ]),
});

/** https://www.tencentcloud.com/document/product/1150/49454 */
export const tencentCloud: Cloud = {
  name: "Tencent Cloud",
  clusterKind: "tke",
  roleVariable: "TENCENTCLOUD_ROLE_ARN",
  async credentials(environment, endpoint = new URL("https://sts.tencentcloudapi.com/")) {
    const token = await idToken(environment, "TENCENTCLOUD_OIDC_TOKEN", "sts.tencentcloudapi.com");
    const body = {
      ProviderId: variable(environment, "TENCENTCLOUD_OIDC_PROVIDER"),
      RoleArn: variable(environment, "TENCENTCLOUD_ROLE_ARN"),
      RoleSessionName: sessionName,
      DurationSeconds: sessionSeconds,
      WebIdentityToken: token,
    };
    const headers = {
      "content-type": "application/json",
      authorization: "SKIP",
      "x-tc-action": "AssumeRoleWithWebIdentity",
      "x-tc-version": "2018-08-13",
      "x-tc-timestamp": String(Math.floor(Date.now() / 1000)),
      "x-tc-region": variable(environment, "TENCENTCLOUD_REGION"),
    };
    const { Credentials } = await exchange(token, async () => {
      const { Response } = await requestJson(tencentAnswer, endpoint, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      if ("Error" in Response) {
        throw new UserError(`${Response.Error.Code}: ${Response.Error.Message}`);
      }
      return Response;
    });
    return {
      TENCENTCLOUD_SECRET_ID: Credentials.TmpSecretId,
      TENCENTCLOUD_SECRET_KEY: Credentials.TmpSecretKey,
      TENCENTCLOUD_SECURITY_TOKEN: Credentials.Token,
    };
  },
};

export const clouds: readonly Cloud[] = [alibabaCloud, tencentCloud];

/** Nearly always it is the trust policy; only who sees the token's claims can mend that. */
async function exchange<T>(token: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw error instanceof UserError
      ? new UserError(`${error.message}\nThe role's trust policy must accept: ${claimsText(token)}`)
      : error;
  }
}
