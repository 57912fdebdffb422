import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import { type Credentials, credentialVariables, withoutCredentials } from "./credentials.ts";
import { authorization } from "./signature.ts";

/** One request that reads. Others must not be made this way: a request without an answer is repeated. */
export interface ApiCall<T> {
  /** The service as the API and CAM's actions name it: `tag`. */
  readonly service: string;
  /** The API's version, a date. */
  readonly version: string;
  /** `GetResources`. */
  readonly action: string;
  /** Left out for services without regions. */
  readonly region?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The fields of `Response`. */
  readonly answer: z.ZodType<T>;
}

export type TencentApi = <T>(call: ApiCall<T>) => Promise<T>;

/** The API answered that it does not. */
export class ApiError extends UserError {
  override readonly name = "ApiError";
  /** `tag:GetResources`, as CAM names it. */
  readonly action: string;
  readonly isDenied: boolean;

  constructor(action: string, message: string, isDenied = false) {
    super(message);
    this.action = action;
    this.isDenied = isDenied;
  }
}

export interface ApiOptions {
  readonly credentials: Credentials;
  /** The URL of a service. */
  readonly endpoint: (service: string) => URL;
  /** Waits between tries. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** Milliseconds. */
const patience = 30_000;
/** Milliseconds before each further try. */
const pauses = [1_000, 2_000, 4_000, 8_000];
const contentType = "application/json; charset=utf-8";

/**
 * A client that repeats what was throttled or got no answer, a few times.
 *
 * It throws ApiError when the API refuses, and UserError when it takes the credentials for none. No message has a
 * credential in it.
 */
export function tencentApi({ credentials, endpoint, pause = sleep }: ApiOptions): TencentApi {
  return async (call) => {
    for (const milliseconds of pauses) {
      const outcome = await request(call, credentials, endpoint(call.service));
      if (!("again" in outcome)) {
        return outcome.answer;
      }
      throwIfInterrupted();
      await pause(milliseconds);
    }
    const last = await request(call, credentials, endpoint(call.service));
    if ("again" in last) {
      throw new ApiError(nameOf(call), `${nameOf(call)}: ${last.again}, ${pauses.length + 1} times`);
    }
    return last.answer;
  };
}

type Outcome<T> = { readonly answer: T } | { readonly again: string };

const refusal = z.object({
  Response: z.object({ Error: z.object({ Code: z.string(), Message: z.string() }) }),
});

async function request<T>(call: ApiCall<T>, credentials: Credentials, url: URL): Promise<Outcome<T>> {
  const reached = await send(call, credentials, url);
  if (typeof reached === "string") {
    return { again: withoutCredentials(reached, credentials) };
  }
  const { status, body } = reached;
  const refused = refusal.safeParse(body);
  if (refused.success) {
    const { Code: code, Message: message } = refused.data.Response.Error;
    const text = withoutCredentials(`${code}: ${message}`, credentials);
    if (/^(RequestLimitExceeded|InternalError)/.test(code)) {
      return { again: text };
    }
    throw refusalOf(nameOf(call), code, text);
  }
  if (status >= 500 || status === 429) {
    return { again: `HTTP ${status}` };
  }
  const parsed = z.object({ Response: call.answer }).safeParse(body);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join(".");
    throw new ApiError(nameOf(call), `${nameOf(call)}: HTTP ${status}, an unexpected answer at "${path}"`);
  }
  return { answer: parsed.data.Response };
}

/** Resolves to why, if there is no answer. */
async function send<T>(
  call: ApiCall<T>,
  credentials: Credentials,
  url: URL,
): Promise<{ readonly status: number; readonly body: unknown } | string> {
  const { service, action, version, region, parameters } = call;
  const body = JSON.stringify(parameters);
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    "content-type": contentType,
    authorization: authorization({ service, host: url.host, contentType, body, timestamp }, credentials),
    "x-tc-action": action,
    "x-tc-version": version,
    "x-tc-timestamp": `${timestamp}`,
    ...(region === undefined ? {} : { "x-tc-region": region }),
    ...(credentials.token === undefined ? {} : { "x-tc-token": credentials.token }),
  };
  try {
    const signal = AbortSignal.timeout(patience);
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
    return { status: response.status, body: jsonOf(await response.text()) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `no answer from ${url.host} (${cause instanceof Error ? cause.message : cause})`;
  }
}

const nameOf = ({ service, action }: Pick<ApiCall<unknown>, "service" | "action">): string =>
  `${service}:${action}`;

function refusalOf(action: string, code: string, text: string): UserError {
  if (/Unauthorized/.test(code)) {
    return new ApiError(action, `${action} is not allowed to these credentials (${text})`, true);
  }
  if (/^AuthFailure/.test(code)) {
    const { secretId, secretKey, token } = credentialVariables;
    return new UserError(
      `Tencent Cloud does not take the credentials of ${secretId}, ${secretKey} and ${token}: ${text}\n` +
        "Temporary ones end after a while, and the clock of this machine must be right.",
    );
  }
  return new ApiError(action, `${action}: ${text}`);
}
