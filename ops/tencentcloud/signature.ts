import { createHash, createHmac } from "node:crypto";
import type { Credentials } from "./credentials.ts";

/** The signed parts of a request; the body is byte for byte what is sent. */
export interface SignedRequest {
  /** Name of the service in its API, such as `tag`. */
  readonly service: string;
  /** The host, with the port if there is one. */
  readonly host: string;
  readonly contentType: string;
  readonly body: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

const algorithm = "TC3-HMAC-SHA256";
const scopeEnd = "tc3_request";
const signedHeaders = "content-type;host";

/**
 * The header `Authorization` of a POST request to `/`, by signature v3. There is an SDK for it, which brings some forty
 * packages for this one function. Source: https://www.tencentcloud.com/document/product/598/32226
 */
export function authorization(request: SignedRequest, { secretId, secretKey }: Credentials): string {
  const { service, host, contentType, body, timestamp } = request;
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/${scopeEnd}`;
  const headers = `content-type:${contentType}\nhost:${host}\n`;
  const canonicalRequest = ["POST", "/", "", headers, signedHeaders, sha256(body)].join("\n");
  const toSign = [algorithm, timestamp, scope, sha256(canonicalRequest)].join("\n");
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), scopeEnd);
  const signature = hmac(key, toSign).toString("hex");
  return `${algorithm} Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
