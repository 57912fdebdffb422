import { beforeAll, describe, expect, inject, test } from "vitest";
import {
  answerOf,
  codewordsIn,
  codewordsKnown,
  get,
  statusOf,
  streamedAnswer,
  wasAskedWith,
} from "./chat.ts";
import { type DevStack, openDevStack } from "./devStack.ts";
import { connectDevice, newDevice } from "./gatewaySession.ts";

const home = inject("nodeHome");

describe.skipIf(home === undefined)("two tenants, brought up from their files", () => {
  let stack: DevStack;
  let tokens: { readonly acme: string; readonly bluebird: string };

  beforeAll(async () => {
    stack = await openDevStack(home ?? "");
    tokens = {
      acme: await stack.gatewayToken("acme"),
      bluebird: await stack.gatewayToken("bluebird"),
    };
  });

  test("live", async () => {
    for (const id of ["acme", "bluebird"] as const) {
      const response = await get(stack, id, "/healthz");
      expect([response.status, await response.json()]).toMatchObject([200, { ok: true, status: "live" }]);
    }
  });

  test("run as nobody special on a root file system that they cannot write to", async () => {
    const said = await stack.inPod("acme", "id -u; touch /app/x 2>&1 || true");
    expect(said).toMatch(/^1000\n.*Read-only file system/);
  });

  test("answer, both at once, and remember what was said", async () => {
    const ask = async (id: "acme" | "bluebird", codeword: string) => {
      const chat = { token: tokens[id], user: "first" };
      await answerOf(stack, id, { ...chat, text: `Please remember ${codeword}.` });
      return codewordsKnown(stack, id, { ...chat, text: "What do you know?" });
    };
    expect(await Promise.all([ask("acme", "codeword-heron"), ask("bluebird", "codeword-kestrel")])).toEqual([
      ["codeword-heron"],
      ["codeword-kestrel"],
    ]);
  });

  test("stream their answers", async () => {
    const message = { token: tokens.acme, user: "stream", text: "codeword-lark codeword-merlin" };
    const pieces = await streamedAnswer(stack, "acme", message);
    expect(codewordsIn(pieces.join(""))).toEqual(["codeword-lark", "codeword-merlin"]);
    expect(pieces.length).toBeGreaterThan(1);
  });

  test("ask the model with their own key and no other", async () => {
    const keys = { acme: await stack.modelKey("acme"), bluebird: await stack.modelKey("bluebird") };
    for (const id of ["acme", "bluebird"] as const) {
      const answer = await answerOf(stack, id, { token: tokens[id], user: "key", text: "Hello" });
      expect(wasAskedWith(answer, keys[id]), answer).toBe(true);
    }
    expect(keys.acme).not.toBe(keys.bluebird);
  });

  test("do every day at nine what they are to do then, by their own clock", async () => {
    const job =
      'openclaw cron add --name nine --cron "0 9 * * *" --message "Good morning" --json 2>/dev/null';
    const { id, nextRunAtMs } = JSON.parse(await stack.inPod("acme", job));
    await stack.inPod("acme", `openclaw cron rm ${id}`);
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", timeStyle: "short" });
    expect(clock.format(nextRunAtMs)).toBe("09:00");
  });

  test("know their own token and no other", async () => {
    expect(await statusOf(stack, "acme", tokens.acme)).toBe(200);
    expect(await statusOf(stack, "acme", tokens.bluebird)).toBe(401);
    expect(await statusOf(stack, "acme", `${tokens.acme}x`)).toBe(401);
    expect(await statusOf(stack, "acme")).toBe(401);
  });

  test("talk over a WebSocket with a device that was approved, and with no other", async () => {
    const device = newDevice();
    const { acme, bluebird } = tokens;
    expect(await connectDevice(stack, "acme", bluebird, device)).toMatchObject({
      kind: "refused",
      code: "AUTH_TOKEN_MISMATCH",
    });
    const first = await connectDevice(stack, "acme", acme, device);
    expect(first).toMatchObject({ kind: "refused", code: "PAIRING_REQUIRED" });
    await stack.inPod("acme", `openclaw devices approve ${first.kind === "refused" ? first.requestId : ""}`);
    const second = await connectDevice(stack, "acme", acme, device);
    if (second.kind !== "open") {
      throw new Error(`the approved device is refused: ${second.code}`);
    }
    try {
      expect(await second.session.say("This is codeword-petrel.")).toContain("codeword-petrel");
    } finally {
      second.session.close();
    }
  });
});
