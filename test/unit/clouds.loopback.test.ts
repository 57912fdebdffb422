import { request as httpRequest } from "node:http";
import { type RequestOptions, request } from "node:https";
import type { Socket } from "node:net";
import { connect } from "node:tls";
import { describe, expect, test } from "vitest";
import { type CloudAnswer, cloudsOnLoopback } from "../clouds/loopback.ts";

/** Asks a host through a proxy, as Go programs do for `HTTPS_PROXY`. */
async function ask(proxy: URL, host: string, ca: string, options: RequestOptions = {}) {
  const socket = await new Promise<Socket | number>((resolve, reject) => {
    const { hostname, port } = proxy;
    httpRequest({ hostname, port, method: "CONNECT", path: `${host}:443` })
      .on("connect", ({ statusCode = 0 }, tunnel) => {
        if (statusCode !== 200) {
          tunnel.destroy();
          resolve(statusCode);
          return;
        }
        const secured = connect({ socket: tunnel, servername: host, ca }, () => resolve(secured));
        secured.on("error", reject);
      })
      .on("error", reject)
      .end();
  });
  if (typeof socket === "number") {
    return { status: socket };
  }
  return new Promise<{ status: number | undefined; json: unknown }>((resolve, reject) => {
    request({ host, path: "/", ...options, createConnection: () => socket }, async (response) => {
      let text = "";
      for await (const chunk of response) {
        text += chunk;
      }
      resolve({ status: response.statusCode, json: JSON.parse(text) });
    })
      .on("error", reject)
      .end();
  });
}

const sts = "sts.cloud.example";
const answer: CloudAnswer = ({ action }) => (action === "WhoAmI" ? { id: "nobody" } : undefined);
const action = (name: string) => ({ method: "POST", headers: { "x-tc-action": name } });

describe("clouds on loopback", () => {
  test("answer for a host they know, with a certificate of their own", async () => {
    await using clouds = await cloudsOnLoopback([sts], answer);
    const answered = await ask(new URL(clouds.url), sts, clouds.certificate, action("WhoAmI"));
    expect(answered).toEqual({ status: 200, json: { id: "nobody" } });
    expect(clouds.calls()).toEqual([`${sts} WhoAmI`]);
  });

  test("refuse a call that nobody expects, and remember it", async () => {
    await using clouds = await cloudsOnLoopback([sts], answer);
    const { status } = await ask(new URL(clouds.url), sts, clouds.certificate, action("DeleteAll"));
    expect(status).toBe(403);
    expect(clouds.calls()).toEqual([`${sts} DeleteAll (not expected)`]);
  });

  test("connect to no other host, and remember that it was asked", async () => {
    await using clouds = await cloudsOnLoopback([sts], answer);
    expect(await ask(new URL(clouds.url), "api.real.example", clouds.certificate)).toEqual({ status: 403 });
    expect(clouds.calls()).toEqual(["api.real.example (refused)"]);
  });
});
