import { expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "../../lib/terminal/errors.ts";
import { ApiError, tencentApi } from "../../ops/tencentcloud/api.ts";
import { credentialsOf } from "../../ops/tencentcloud/credentials.ts";
import { bucketUrlOf, endpointOf } from "../../ops/tencentcloud/endpoints.ts";
import { authorization } from "../../ops/tencentcloud/signature.ts";
import { type ApiAnswer, credentials, fakeApi } from "../fixtures/tencentcloud/api.ts";

test("a request is signed as the documentation of signature v3 signs its example", () => {
  const body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
  const request = {
    service: "cvm",
    host: "cvm.tencentcloudapi.com",
    contentType: "application/json; charset=utf-8",
    body,
    timestamp: 1551113065,
  };
  const published = {
    secretId: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
    secretKey: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
  };
  expect(authorization(request, published)).toBe(
    "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, " +
      "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
  );
});

/** One call, with the answers to its tries; what is said after the last is said for ever. */
async function called(...answers: ApiAnswer[]) {
  let tries = 0;
  await using server = await fakeApi(() => answers[Math.min(tries++, answers.length - 1)] ?? {});
  const paused: number[] = [];
  const pause = async (milliseconds: number) => paused.push(milliseconds);
  const api = tencentApi({ credentials, endpoint: server.endpoint, pause });
  const outcome = await api({
    service: "tag",
    version: "2018-08-13",
    action: "GetResources",
    region: "ap-guangzhou",
    parameters: { MaxResults: 200 },
    answer: z.object({ Number: z.number() }),
  }).catch((error: unknown) => error);
  return { outcome, tries, paused, requests: server.requests };
}

test("a call is a signed POST, of temporary credentials with their token", async () => {
  const { outcome, requests } = await called({ Number: 7 });
  expect(outcome).toEqual({ Number: 7 });
  const [{ headers, body, method } = expect.unreachable()] = requests;
  expect(method).toBe("POST");
  expect(body).toBe('{"MaxResults":200}');
  expect(headers).toMatchObject({
    "x-tc-action": "GetResources",
    "x-tc-version": "2018-08-13",
    "x-tc-region": "ap-guangzhou",
    "x-tc-token": credentials.token,
  });
  const signed = { service: "tag", host: `${headers.host}`, contentType: `${headers["content-type"]}`, body };
  const timestamp = Number(headers["x-tc-timestamp"]);
  expect(headers.authorization).toBe(authorization({ ...signed, timestamp }, credentials));
});

test.each<[string, ApiAnswer]>([
  ["throttled", { refuse: "RequestLimitExceeded.UinLimitExceeded" }],
  ["met by an error of the API's own", { refuse: "InternalError" }],
  ["not answered", { status: 502, json: {} }],
])("a call that is %s is made again", async (_, first) => {
  const { outcome, tries, paused } = await called(first, first, { Number: 7 });
  expect(outcome).toEqual({ Number: 7 });
  expect([tries, paused]).toEqual([3, [1000, 2000]]);
});

test("a call that is throttled for ever ends, and says by what", async () => {
  const { outcome, tries } = await called({ refuse: "RequestLimitExceeded" });
  expect(tries).toBe(5);
  expect(outcome).toBeInstanceOf(ApiError);
  expect(`${outcome}`).toMatch(/tag:GetResources: RequestLimitExceeded: .*, 5 times/);
});

test.each<[string, ApiAnswer, RegExp]>([
  ["denied", { refuse: "AuthFailure.UnauthorizedOperation" }, /tag:GetResources is not allowed/],
  ["denied by a product", { refuse: "UnauthorizedOperation.CamNoAuth" }, /tag:GetResources is not allowed/],
  ["refused", { refuse: "InvalidParameter.Tag" }, /tag:GetResources: InvalidParameter.Tag/],
  ["answered with something else", { Number: "seven" }, /unexpected answer at "Response.Number"/],
])("a call that is %s is not made again, and named", async (_, answer, message) => {
  const { outcome, tries } = await called(answer);
  expect(tries).toBe(1);
  expect(outcome).toBeInstanceOf(ApiError);
  expect(`${outcome}`).toMatch(message);
});

test("credentials that are none are said to be so, by the names of their variables", async () => {
  const { outcome } = await called({ refuse: "AuthFailure.SecretIdNotFound" });
  expect(outcome).not.toBeInstanceOf(ApiError);
  expect(`${outcome}`).toMatch(/TENCENTCLOUD_SECRET_ID.*SecretIdNotFound/);
});

test.each<ApiAnswer>([
  { refuse: "AuthFailure.SignatureFailure" },
  { refuse: "RequestLimitExceeded" },
  { refuse: "InvalidParameter" },
])("no credential is in the message, though the API's answer has one: %j", async (answer) => {
  const { outcome } = await called(answer);
  expect(outcome).toBeInstanceOf(UserError);
  expect(`${outcome}`).toContain("[secret]");
  for (const secret of Object.values(credentials)) {
    expect(`${outcome}`).not.toContain(secret);
  }
});

test("credentials are those of the provider's variables", () => {
  const environment = { TENCENTCLOUD_SECRET_ID: "a", TENCENTCLOUD_SECRET_KEY: "b" };
  expect(credentialsOf(environment)).toEqual({ secretId: "a", secretKey: "b" });
  expect(credentialsOf({ ...environment, TENCENTCLOUD_SECURITY_TOKEN: "c" })).toEqual({
    secretId: "a",
    secretKey: "b",
    token: "c",
  });
});

test("missing credentials are named, and the given one is not printed", () => {
  expect(() => credentialsOf({})).toThrow(/TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY must be set/);
  expect(() => credentialsOf({ TENCENTCLOUD_SECRET_ID: "given", TENCENTCLOUD_SECRET_KEY: "" })).toThrow(
    /^(?!.*given)No credentials.*: TENCENTCLOUD_SECRET_KEY must be set.*TENCENTCLOUD_SECURITY_TOKEN/,
  );
});

test.each([
  [{}, "https://tag.tencentcloudapi.com/"],
  [{ TENCENTCLOUD_DOMAIN: "intl.tencentcloudapi.com" }, "https://tag.intl.tencentcloudapi.com/"],
  [{ TENCENTCLOUD_DOMAIN: "127.0.0.1:8080", TENCENTCLOUD_PROTOCOL: "HTTP" }, "http://127.0.0.1:8080/"],
])("with %j the tag service is at %s", (environment, url) => {
  expect(endpointOf(environment)("tag").href).toBe(url);
});

test.each([{ TENCENTCLOUD_PROTOCOL: "ftp" }, { TENCENTCLOUD_DOMAIN: "a b" }])(
  "%j is refused",
  (environment) => {
    expect(() => endpointOf(environment)).toThrow("HTTPS or HTTP");
  },
);

test.each([
  [{}, "https://data-125.cos.ap-guangzhou.myqcloud.com/"],
  [
    { TENCENTCLOUD_COS_DOMAIN: "https://cos-internal.ap-guangzhou.tencentcos.cn" },
    "https://data-125.cos-internal.ap-guangzhou.tencentcos.cn/",
  ],
  [{ TENCENTCLOUD_COS_DOMAIN: "http://127.0.0.1:8080" }, "http://127.0.0.1:8080/"],
])("with %j the bucket is at %s", (environment, url) => {
  expect(bucketUrlOf(environment)("data-125", "ap-guangzhou").href).toBe(url);
});

test("a domain of buckets that is no URL is refused", () => {
  expect(() => bucketUrlOf({ TENCENTCLOUD_COS_DOMAIN: "cos.example" })).toThrow("must be a URL");
});
