import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

/**
 * A stand-in for a model, in the place of the model gateway on a real node, until this project brings one: it speaks
 * OpenAI's wire format, streamed and not, and runs in a pod with nothing but Node. It is no model and says so: it
 * repeats what the user has said in the conversation, and tells which key it was asked with, by the beginning of that
 * key's SHA-256. So an answer shows what of a tenant reaches its model. Nothing is kept.
 * https://platform.openai.com/docs/api-reference/chat
 */
interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly ChatMessage[];
}

export interface ChatMessage {
  readonly role: string;
  readonly content: string | readonly { readonly type: string; readonly text?: string }[];
}

/** The number of the user's last messages that are repeated, and the most characters of each. */
const repeatedMessages = 12;
const repeatedCharacters = 300;

/** Patterns of what OpenClaw 2026.9 writes around a user's words: notes of its own, who says it, the runtime, the time. */
const envelope = [
  /<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>.*?<<<END_OPENCLAW_INTERNAL_CONTEXT>>>/gs,
  /^.*\u27e6openclaw:ctx\u27e7\n```json\n.*?\n```\n/gms,
  /\n\nRuntime: agent=[^\n]*$/,
  /^\s*\[\w{3} \d{4}-\d\d-\d\d \d\d:\d\d [^\]]*\] /,
];

/** The user's words, message by message. */
export function saidByUser(messages: readonly ChatMessage[]): string[] {
  return messages
    .filter(({ role }) => role === "user")
    .map(({ content }) =>
      typeof content === "string" ? content : content.map(({ text = "" }) => text).join("\n"),
    )
    .map((text) => envelope.reduce((rest, part) => rest.replace(part, ""), text).trim())
    .filter((text) => text !== "");
}

export const fingerprintOf = (key: string): string =>
  createHash("sha256").update(key).digest("hex").slice(0, 8);

/** @param authorization header of the request */
export function answerTo({ model, messages }: ChatRequest, authorization: string | undefined): string {
  const said = saidByUser(messages);
  const lines = said.slice(-repeatedMessages).map((text) => {
    const line = text.replaceAll(/\s+/g, " ");
    return `- ${line.length > repeatedCharacters ? `${line.slice(0, repeatedCharacters)} …` : line}`;
  });
  const key =
    authorization === undefined
      ? "no key"
      : `the key ${fingerprintOf(authorization.replace(/^Bearer /, ""))}`;
  return [
    "I am a stand-in, not a model: there is no model behind this OpenClaw yet. I repeat what reaches me.",
    said.length === 0
      ? "You have said nothing yet."
      : `You have said${said.length > lines.length ? `, the last ${lines.length} times` : ""}:\n\n${lines.join("\n")}`,
    `I was asked as ${model}, with ${key}.`,
  ].join("\n\n");
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The events of a streamed answer, a word each. */
export function* streamOf(common: object, answer: string, usage: object): Generator<string> {
  const chunk = (delta: object, finish: string | null, rest: object = {}) => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    return `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices, ...rest })}\n\n`;
  };
  yield chunk({ role: "assistant", content: "" }, null);
  for (const word of answer.match(/\S+\s*/g) ?? []) {
    yield chunk({ content: word }, null);
  }
  yield chunk({}, "stop", { usage });
  yield "data: [DONE]\n\n";
}

export const server = createServer(async (request, response) => {
  const json = (value: object, status = 200) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  const { url, headers } = request;
  if (url !== "/v1/chat/completions") {
    json({ error: { message: `The stand-in model has no ${url}.`, type: "invalid_request_error" } }, 404);
    return;
  }
  let chat: ChatRequest;
  let answer: string;
  try {
    chat = JSON.parse(await bodyOf(request));
    answer = answerTo(chat, headers.authorization);
  } catch (error) {
    json({ error: { message: `Not a chat request: ${error}`, type: "invalid_request_error" } }, 400);
    return;
  }
  const common = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: chat.model,
  };
  // OpenClaw wants figures. Nothing is counted here, so nothing is charged.
  const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  if (chat.stream === true) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of streamOf(common, answer, usage)) {
      response.write(event);
    }
    response.end();
    return;
  }
  const message = { role: "assistant", content: answer };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  json({ ...common, object: "chat.completion", choices, usage });
});

if (import.meta.main) {
  server.listen(Number(process.env.PORT));
}
