import { type ChildProcess, spawn } from "node:child_process";
import dns from "node:dns";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { askForLink } from "../../ops/open/link.ts";
import { codewordsIn, hostHeaders } from "./chat.ts";
import { type DevStack, openDevStack } from "./devStack.ts";
import { type Connection, connect, type Device, newDevice } from "./gatewaySession.ts";

const home = inject("nodeHome");

/** The scopes that the Control UI asks for: https://docs.openclaw.ai/gateway/operator-scopes */
const ownerScopes = ["admin", "approvals", "pairing", "questions", "read", "talk.secrets", "write"];

describe.skipIf(home === undefined)("npm run open", () => {
  let stack: DevStack;
  let command: ChildProcess;
  let opened: { readonly url: string; readonly link: string; readonly validUntil: string };

  beforeAll(async () => {
    stack = await openDevStack(home ?? "");
    // As browsers do it.
    const lookup = dns.lookup;
    vi.spyOn(dns, "lookup").mockImplementation(((name: string, ...rest: [object, () => void]) =>
      lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...rest)) as typeof lookup);
    command = spawn(process.execPath, [join(repository, "ops/main.ts"), "open", "acme", "--json"], {
      env: { ...process.env, OPENCLAW_LOCAL: home },
      stdio: ["ignore", "pipe", "inherit"],
    });
    opened = JSON.parse(await firstLine(command));
  });

  afterAll(() => {
    vi.restoreAllMocks();
    command?.kill("SIGKILL");
  });

  /**
   * A browser that opens the link.
   *
   * @param origin of the page that connects
   * @param edge what stands between the browser and the address that the link names, and what it says of itself
   */
  const browse = (
    device: Device,
    origin = new URL(opened.url).origin,
    link = opened.link,
    edge?: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  ): Promise<Connection> => {
    const fragment = new URLSearchParams(new URL(link).hash.slice(1));
    return connect(
      {
        url: edge?.url ?? fragment.get("gatewayUrl") ?? "",
        headers: { ...edge?.headers, origin },
        id: "openclaw-control-ui",
        mode: "webchat",
        // Of a Control UI that need not be as new as its gateway.
        buildId: "dev",
        scopes: ownerScopes.map((scope) => `operator.${scope}`),
        auth: { bootstrapToken: fragment.get("bootstrapToken") ?? "" },
      },
      device,
    );
  };

  test("says where the tenant is, and makes a link that is good for some minutes", () => {
    const { hostname, protocol } = new URL(opened.url);
    expect([protocol, hostname]).toEqual(["http:", "acme.openclaw.localhost"]);
    expect(opened.link.startsWith(`${opened.url}#`)).toBe(true);
    expect(Date.parse(opened.validUntil)).toBeGreaterThan(Date.now() + 60_000);
  });

  test("serves the tenant's Control UI to its own name, and nothing to another", async () => {
    const { host, port } = new URL(opened.url);
    expect(await statusAt(port, { host })).toBe(200);
    expect(await statusAt(port, { host: `127.0.0.1:${port}` })).toBe(403);
    expect(await statusAt(port, { host: `bluebird.openclaw.localhost:${port}` })).toBe(403);
    expect(await statusAt(port, { host, origin: "https://elsewhere.example" })).toBe(403);
  });

  test("lets no page of another site connect, even with the link", async () => {
    await expect(browse(newDevice(), "https://elsewhere.example")).rejects.toThrow("closed");
  });

  test("lets one browser chat without an approval, and no second one by the same link", async () => {
    const first = await browse(newDevice());
    if (first.kind !== "open") {
      throw new Error(`the browser is refused: ${first.code}`);
    }
    try {
      expect(codewordsIn(await first.session.say("This is codeword-bittern."))).toContain("codeword-bittern");
    } finally {
      first.session.close();
    }
    expect(await browse(newDevice())).toMatchObject({
      kind: "refused",
      code: "AUTH_BOOTSTRAP_TOKEN_INVALID",
    });
  });

  test("on a cluster with an edge, lets a browser in by a link to the public URL", async () => {
    const publicOrigin = "https://acme.openclaw.localhost";
    const { url } = await askForLink(stack.tryKubectl, "acme", publicOrigin);
    expect(url).toContain(`gatewayUrl=${encodeURIComponent("wss://acme.openclaw.localhost")}`);
    const edge = {
      url: stack.edge.replace("http:", "ws:"),
      headers: await hostHeaders(stack, "acme"),
    };
    const device = newDevice();
    expect(await browse(device, "https://elsewhere.example", url, edge)).toMatchObject({
      kind: "refused",
      code: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
    });
    const browser = await browse(device, publicOrigin, url, edge);
    if (browser.kind !== "open") {
      throw new Error(`the browser is refused: ${browser.code}`);
    }
    browser.session.close();
  });

  test("ends at Ctrl-C, with what it listened on", async () => {
    const { host, port } = new URL(opened.url);
    command.kill("SIGINT");
    expect(await new Promise((resolve) => command.once("exit", resolve))).toBe(0);
    await expect(statusAt(port, { host })).rejects.toThrow("ECONNREFUSED");
  });
});

/** @throws Error if the command ends before it prints one */
const firstLine = (command: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    command.once("exit", (code) => reject(new Error(`npm run open ended with ${code}`)));
    if (command.stdout !== null) {
      createInterface({ input: command.stdout }).once("line", resolve);
    }
  });

const statusAt = (port: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
