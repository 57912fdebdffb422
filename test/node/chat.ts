import { fingerprintOf } from "../../embedded/node/standInModel/server.ts";
import type { DevStack } from "./devStack.ts";

/** The tests' edge, and what it must be told because the names of tenants' Services are not in DNS. */
export type Edge = Pick<DevStack, "edge" | "serviceAddress">;

/** The tenant as people know it, and where the edge finds it. */
export const hostHeaders = async ({ serviceAddress }: Edge, id: string) => ({
  "x-forwarded-host": `${id}.openclaw.localhost`,
  "x-service-address": await serviceAddress(id),
});

/** Milliseconds for one answer of a model that answers at once. */
const answerPatience = 60_000;

/** A request to the tenant through the edge. @param token bearer token, if any */
export async function get(stack: Edge, id: string, path: string, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${stack.edge}${path}`, {
    headers: { ...(await hostHeaders(stack, id)), ...authorization },
    signal: AbortSignal.timeout(10_000),
  });
}

/** HTTP status of a request that wants a token, or `no answer`. */
export const statusOf = (stack: Edge, id: string, token?: string): Promise<number | "no answer"> =>
  get(stack, id, "/v1/models", token).then(
    ({ status }) => status,
    () => "no answer" as const,
  );

/** One message to the tenant's assistant: https://docs.openclaw.ai/gateway/openai-http-api */
interface Message {
  readonly token: string;
  readonly text: string;
  /** Names the conversation. */
  readonly user: string;
  readonly stream?: boolean;
}

export async function postMessage(
  stack: Edge,
  id: string,
  { token, text, user, stream = false }: Message,
): Promise<Response> {
  return fetch(`${stack.edge}/v1/chat/completions`, {
    method: "POST",
    headers: {
      ...(await hostHeaders(stack, id)),
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ model: "openclaw", user, stream, messages: [{ role: "user", content: text }] }),
    signal: AbortSignal.timeout(answerPatience),
  });
}

/** The assistant's answer. @throws Error if there is none */
export async function answerOf(stack: Edge, id: string, message: Message): Promise<string> {
  const response = await postMessage(stack, id, message);
  const body = await response.text();
  if (response.status !== 200) {
    throw new Error(`${id} answered ${response.status}: ${body}`);
  }
  return JSON.parse(body).choices[0].message.content;
}

/** The pieces of a streamed answer, in the order in which they came; the last event must be `[DONE]`. */
export async function streamedAnswer(stack: Edge, id: string, message: Message): Promise<string[]> {
  const response = await postMessage(stack, id, { ...message, stream: true });
  const events = (await response.text())
    .trim()
    .split("\n\n")
    .map((event) => event.replace(/^data: /, ""));
  if (events.pop() !== "[DONE]") {
    throw new Error(`${id} answered ${response.status} and did not end its stream: ${events.join("\n")}`);
  }
  return events.flatMap((event) => JSON.parse(event).choices[0].delta.content ?? []);
}

/** Words that begin with `codeword-` and that the model was told: the stand-in repeats what users have said. */
export const codewordsIn = (answer: string): string[] => answer.match(/\bcodeword-[a-z]+/g) ?? [];

/** The codewords of the conversation, as the model knows them. @throws Error if there is no answer */
export const codewordsKnown = async (stack: Edge, id: string, message: Message): Promise<string[]> =>
  codewordsIn(await answerOf(stack, id, message));

/** Whether it was this key that the model was asked with; the stand-in tells which it was. */
export const wasAskedWith = (answer: string, key: string): boolean =>
  answer.endsWith(`with the key ${fingerprintOf(key)}.`);
