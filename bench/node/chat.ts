import { setTimeout as sleep } from "node:timers/promises";
import { gatewayPort } from "../../components/names.ts";
import type { ReadyTenant } from "./observe.ts";

/** Milliseconds for an answer, which a Ready tenant's rules of the Service may keep waiting as well. */
const patience = 120_000;

/**
 * Says one thing to the tenant's assistant and waits for all of the answer: https://docs.openclaw.ai/gateway/openai-http-api
 *
 * @throws Error if there is no answer in time, or one of an error
 */
export async function chat({ address, gatewayToken }: ReadyTenant): Promise<void> {
  const url = `http://${address}:${gatewayPort}/v1/chat/completions`;
  for (const deadline = performance.now() + patience; ; await sleep(20)) {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${gatewayToken}`,
        "content-type": "application/json",
        // This machine is one of the trusted proxies; somebody of RFC 5737 asks through it.
        "x-forwarded-for": "203.0.113.7",
      },
      body: JSON.stringify({
        model: "openclaw",
        user: "bench",
        messages: [{ role: "user", content: "Hello" }],
      }),
      signal: AbortSignal.timeout(patience),
    }).catch((error: Error) => error);
    if (response instanceof Response) {
      const answer = await response.text();
      if (response.status !== 200) {
        throw new Error(`the tenant answered ${response.status}: ${answer}`);
      }
      return;
    }
    // The node's rules may be a moment behind.
    if (performance.now() > deadline) {
      throw new Error(`no answer from ${url}: ${response.message}`);
    }
  }
}
