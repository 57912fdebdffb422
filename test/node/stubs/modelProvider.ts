import { createServer, type IncomingMessage } from "node:http";

/**
 * A model provider for tests, in place of the model gateway: it speaks OpenAI's wire format and runs in a pod, with
 * nothing but Node. It knows every word that begins with `codeword-` and that the user has said in the conversation it
 * is given, and answers with them; so an answer shows what reached it, and what OpenClaw remembers.
 *
 * `GET /requests` returns what it was asked, as a list of {@link RecordedRequest}.
 */
export interface RecordedRequest {
  readonly authorization: string | undefined;
  readonly model: string;
  readonly stream: boolean;
  readonly answer: string;
}

interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

const recorded: RecordedRequest[] = [];

export function answerTo(messages: ChatRequest["messages"]): string {
  const said = messages.filter(({ role }) => role === "user").map(({ content }) => JSON.stringify(content));
  const codewords = said.flatMap((text) => text.match(/\bcodeword-[a-z]+/g) ?? []);
  return `I heard ${[...new Set(codewords)].join(" and ") || "nothing"}.`;
}

const body = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const server = createServer(async (request, response) => {
  const json = (value: unknown) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (request.url === "/requests") {
    json(recorded);
    return;
  }
  if (request.url === "/v1/models") {
    json({ object: "list", data: [{ id: "kimi-k3", object: "model" }] });
    return;
  }
  if (request.url !== "/v1/chat/completions") {
    response.writeHead(404).end();
    return;
  }
  const { model, stream = false, messages }: ChatRequest = JSON.parse(await body(request));
  const answer = answerTo(messages);
  recorded.push({ authorization: request.headers.authorization, model, stream, answer });
  const common = { id: `chatcmpl-${recorded.length}`, created: Math.floor(Date.now() / 1000), model };
  const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
  if (!stream) {
    const message = { role: "assistant", content: answer };
    json({
      ...common,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage,
    });
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (delta: object, finish: string | null) =>
    response.write(
      `data: ${JSON.stringify({
        ...common,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason: finish }],
        ...(finish === null ? {} : { usage }),
      })}\n\n`,
    );
  chunk({ role: "assistant", content: "" }, null);
  for (const word of answer.match(/\S+\s*/g) ?? []) {
    chunk({ content: word }, null);
  }
  chunk({}, "stop");
  response.end("data: [DONE]\n\n");
});

server.listen(4000);
