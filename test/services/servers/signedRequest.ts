import { createHash, createHmac } from "node:crypto";
import { type Agent, request } from "node:https";

export interface SignedRequest {
  readonly method: string;
  /** The path, sent as it is, without normalization. */
  readonly path: string;
  /** The signed path, where it differs from the requested one. */
  readonly signedPath?: string;
  /** Encoded, and sorted by name. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The request without the headers of a signature. */
  readonly isPlain?: boolean;
}

export interface StoreAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a request with a signature of S3's (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). */
export function sendSigned(
  endpoint: string,
  agent: Agent,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined,
  { method, path, signedPath = path, query = "", headers = {}, body = "", isPlain = false }: SignedRequest,
): Promise<StoreAnswer> {
  const { hostname, port, host } = new URL(endpoint);
  const date = now();
  const hash = sha256(body);
  const signed: Record<string, string> = {
    ...headers,
    host,
    "x-amz-content-sha256": hash,
    "x-amz-date": date,
  };
  const names = Object.keys(signed).toSorted();
  const canonical = [
    ...[method, signedPath, query],
    ...names.map((name) => `${name}:${signed[name]}`),
    ...["", names.join(";"), hash],
  ].join("\n");
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const authorization = key && {
    authorization:
      `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, ` +
      `Signature=${hmac(signingKey(key.secretAccessKey, scope), text).toString("hex")}`,
  };
  return new Promise((resolve, reject) => {
    request(
      {
        ...{ agent, method, hostname, port },
        path: query === "" ? path : `${path}?${query}`,
        headers: {
          ...(isPlain ? headers : signed),
          ...authorization,
          "content-length": Buffer.byteLength(body),
        },
      },
      (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          answer += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: answer }));
      },
    )
      .on("error", reject)
      .end(body);
  });
}

/** A link to an object that is good for a minute (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html). */
export function signedLink(
  endpoint: string,
  { accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string },
  path: string,
): string {
  const date = now();
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const query = Object.entries({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${scope}`,
    "X-Amz-Date": date,
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
  })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  const canonical = `GET\n${path}\n${query}\nhost:${new URL(endpoint).host}\n\nhost\nUNSIGNED-PAYLOAD`;
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const signature = hmac(signingKey(secretAccessKey, scope), text).toString("hex");
  return `${endpoint}${path}?${query}&X-Amz-Signature=${signature}`;
}

const now = (): string => new Date().toISOString().replace(/[-:]|\.\d+/g, "");

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const signingKey = (secret: string, scope: string): Buffer =>
  scope.split("/").reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`) as Buffer;
