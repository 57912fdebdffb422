import type { z } from "zod";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";

/** Milliseconds. */
const patience = 30_000;

/** An object of text values, as of process.env. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * One request whose answer is JSON.
 *
 * @throws UserError when there is no answer, the status is no success, or the answer is not of the schema; neither
 * the query nor the headers are repeated, because there may be a token in them
 */
export async function requestJson<T>(schema: z.ZodType<T>, url: URL, init: RequestInit): Promise<T> {
  const what = `${init.method ?? "GET"} ${url.origin}${url.pathname}`;
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) }).catch(
    (error: unknown) => {
      throw new UserError(`${what}: no answer (${error instanceof Error ? error.message : error})`);
    },
  );
  const text = await response.text();
  if (!response.ok) {
    throw new UserError(`${what}: HTTP ${response.status}: ${text.slice(0, 300).trim()}`);
  }
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new UserError(`${what}: an unexpected answer at "${parsed.error.issues[0]?.path.join(".")}"`);
  }
  return parsed.data;
}

/** @throws UserError that names what is missing */
export function variable(environment: Variables, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "") {
    throw new UserError(`The variable ${name} is not set. docs/ci.md says where it comes from.`);
  }
  return value;
}
