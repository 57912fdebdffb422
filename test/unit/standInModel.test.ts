import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { standInModel, standInModelObjects } from "../../embedded/node/standInModel/objects.ts";
import { answerTo, fingerprintOf, saidByUser, server } from "../../embedded/node/standInModel/server.ts";

const user = (content: string | { type: string; text?: string }[]) => ({ role: "user", content });

/** As OpenClaw 2026.9.6 sends it. */
const sent = [
  { role: "system", content: "You are a personal assistant. codeword-system" },
  user(
    "[Sat 2026-11-21 20:38 UTC] Please remember codeword-heron.\n\nRuntime: agent=main | session=agent:main:main | model=tenantproxy/kimi-k3",
  ),
  { role: "assistant", content: "codeword-assistant" },
  user(
    'Conversation info: ⟦openclaw:ctx⟧\n```json\n{"sender":{"id":"gateway-owner"}}\n```\n\n[Sat 2026-11-21 20:39 UTC] And [this]?\nTwo lines.',
  ),
  user([
    {
      type: "text",
      text: '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\n"## Active Subagents\\nnone"\n<<<END_OPENCLAW_INTERNAL_CONTEXT>>>',
    },
  ]),
  user([{ type: "image_url" }, { type: "text", text: "A picture" }]),
];

describe("the stand-in model", () => {
  test("knows the user's words from what is written around them, and from others'", () => {
    expect(saidByUser(sent)).toEqual([
      "Please remember codeword-heron.",
      "And [this]?\nTwo lines.",
      "A picture",
    ]);
  });

  test("says that it is none, what it was told, and with which key", () => {
    const answer = answerTo({ model: "kimi-k3", messages: sent }, "Bearer sk-acme");
    expect(answer).toMatch(/^I am a stand-in, not a model/);
    expect(answer).toContain("- Please remember codeword-heron.\n- And [this]? Two lines.\n- A picture\n");
    expect(answer.endsWith(`I was asked as kimi-k3, with the key ${fingerprintOf("sk-acme")}.`)).toBe(true);
    expect(answer).not.toContain("sk-acme");
  });

  test("repeats the end of a long conversation, and no more than the beginning of a long message", () => {
    const messages = Array.from({ length: 20 }, (_, index) => user(`${index} ${"x".repeat(1_000)}`));
    const answer = answerTo({ model: "kimi-k3", messages }, undefined);
    expect(answer).not.toContain("- 7 x");
    expect(answer).toContain("- 8 x");
    expect(answer.length).toBeLessThan(12 * 320 + 300);
    expect(answer).toContain("with no key.");
  });
});

describe("the stand-in model's server", () => {
  let url: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  const post = (body: string, path = "/v1/chat/completions") =>
    fetch(`${url}${path}`, { method: "POST", headers: { authorization: "Bearer sk-acme" }, body });
  const chat = (stream: boolean) => JSON.stringify({ model: "kimi-k3", stream, messages: sent });
  const expected = answerTo({ model: "kimi-k3", messages: sent }, "Bearer sk-acme");

  test("answers at once", async () => {
    const completion = await (await post(chat(false))).json();
    expect(completion).toMatchObject({
      object: "chat.completion",
      model: "kimi-k3",
      choices: [{ message: { role: "assistant", content: expected }, finish_reason: "stop" }],
    });
  });

  test("streams the same answer, word by word", async () => {
    const response = await post(chat(true));
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = (await response.text()).trim().split("\n\n");
    expect(events.pop()).toBe("data: [DONE]");
    const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, "")));
    expect(chunks.map(({ choices }) => choices[0].delta.content ?? "").join("")).toBe(expected);
    expect(chunks.length).toBeGreaterThan(20);
    expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: "stop" }], usage: { total_tokens: 0 } });
  });

  test.each(["", "null", "{}", '{"messages": 1}'])("refuses %j and goes on", async (body) => {
    const response = await post(body);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { type: "invalid_request_error" } },
    ]);
  });

  test("has no other path: nothing tells what others were told", async () => {
    expect((await fetch(`${url}/requests`)).status).toBe(404);
  });
});

test("the stand-in model is where Pulumi.dev.yaml says that the model gateway is", () => {
  const { config } = parse(readFileSync(join(import.meta.dirname, "../../Pulumi.dev.yaml"), "utf8"));
  const { name, namespace, port } = standInModel;
  expect(config["openclaw:platform"].modelGateway).toEqual({
    namespace,
    port,
    url: `http://${name}.${namespace}.svc:${port}/v1`,
  });
});

test("the stand-in model runs as Pod Security restricted wants it, from the image that the node has", () => {
  const { items } = standInModelObjects("localhost/openclaw:1") as { items: { kind: string }[] };
  expect(items.map(({ kind }) => kind)).toEqual(["Namespace", "ConfigMap", "Service", "Deployment"]);
  expect(items[0]).toMatchObject({
    metadata: { name: "openclaw-models", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  expect(items[3]).toMatchObject({
    spec: {
      template: {
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              image: "localhost/openclaw:1",
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        },
      },
    },
  });
});
