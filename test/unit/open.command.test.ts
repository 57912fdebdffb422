import { describe, expect, test } from "vitest";
import type { RunResult } from "../../lib/system/run.ts";
import { UsageError } from "../../lib/terminal/errors.ts";
import { main, portsFor } from "../../ops/commands/open.ts";
import { askForLink, linkAt } from "../../ops/open/link.ts";
import { activeTenant, assertPodsRun } from "../../ops/open/openTenant.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const target = targetOf({ stack: "dev", embedded: true }, "/home/it");

const tenant = (state: string, url?: string) => ({
  namespace: "tenant-x",
  plan: "basic",
  state,
  monthlyCny: 268,
  ...(url === undefined ? {} : { url }),
});

const tenants = {
  acme: tenant("active", "https://acme.openclaw.localhost"),
  corvus: tenant("active", "https://assistant.corvus.example"),
  dormant: tenant("suspended", "https://dormant.openclaw.localhost"),
  gone: tenant("offboarded"),
};

test("a tenant is known by the origin of its URL, whatever its host", () => {
  expect(activeTenant({ tenants }, target, "corvus")).toEqual({
    id: "corvus",
    publicOrigin: "https://assistant.corvus.example",
    userHeader: "x-forwarded-user",
  });
});

test("the header that names a signed-in user is the platform's, which says nothing of it if it is older", () => {
  const header = (platform?: object) =>
    activeTenant({ tenants, ...(platform === undefined ? {} : { platform }) }, target, "acme").userHeader;
  expect(header({ edge: { userHeader: "x-auth-request-email" } })).toBe("x-auth-request-email");
  expect(header({ edge: {} })).toBe("x-forwarded-user");
});

test.each([
  ["nobody", "The stack dev has no tenant nobody. It has: acme, corvus."],
  ["constructor", "The stack dev has no tenant constructor."],
  ["dormant", "dormant is suspended: nothing of it runs."],
  ["gone", "gone is offboarded: nothing of it runs."],
])("%s cannot be opened, and the message says what can", (id, message) => {
  expect(() => activeTenant({ tenants }, target, id)).toThrow(message);
});

test("a home without a cluster, or with simulated nodes, has nothing to open", async () => {
  using empty = temporaryFolder();
  await expect(assertPodsRun(empty.path)).rejects.toThrow(
    "Nothing is up. `npm run up -- --nodes real`, on Linux as root, runs tenants.",
  );
  using simulated = temporaryFolder({ "cluster/complete": "" });
  await expect(assertPodsRun(simulated.path)).rejects.toThrow(/simulated.*\n`npm run down`.*--nodes real/);
  using stopped = temporaryFolder({ "cluster/complete": "", "node.json": "{}" });
  await expect(assertPodsRun(stopped.path)).rejects.toThrow("`npm run up` starts it again");
});

test("ten ports are tried, or the one that is named", () => {
  expect(portsFor(undefined)).toEqual([8789, 8790, 8791, 8792, 8793, 8794, 8795, 8796, 8797, 8798]);
  expect(portsFor("9000")).toEqual([9000]);
  for (const text of ["", "0", "65536", "-1", "8789.5", "http"]) {
    expect(() => portsFor(text)).toThrow(UsageError);
  }
});

test.each([
  [[]],
  [["acme", "corvus"]],
  [["acme", "--yes"]],
  [["acme", "--port", "0"]],
  [["acme", "--context", "kind-kind", "--port", "8789"]],
  [["acme", "--context", "kind-kind", "--embedded"]],
])("%j is wrong usage", async (argv) => {
  await expect(main(argv)).rejects.toThrow(UsageError);
});

const made =
  "http://127.0.0.1:18789/#bootstrapToken=a-B_9&bootstrapProfile=owner&gatewayUrl=ws%3A%2F%2F127.0.0.1%3A18789";

test("a link of the pod's own address leads through the proxy, and names no other gateway", () => {
  expect(linkAt(made, "http://acme.openclaw.localhost:8789")).toBe(
    "http://acme.openclaw.localhost:8789/#bootstrapToken=a-B_9&bootstrapProfile=owner" +
      "&gatewayUrl=ws%3A%2F%2Facme.openclaw.localhost%3A8789",
  );
});

test("it leads to the public URL, by TLS and at its port, where the tenant has an edge", () => {
  expect(linkAt(made, "https://acme.example:8443")).toBe(
    "https://acme.example:8443/#bootstrapToken=a-B_9&bootstrapProfile=owner" +
      "&gatewayUrl=wss%3A%2F%2Facme.example%3A8443",
  );
});

describe("a tenant's OpenClaw is asked for a link", () => {
  const answer = { ok: true, browserUrl: made, browserBootstrapExpiresAtMs: 1_800_000_000_000 };
  const asked: (readonly string[])[] = [];
  const ask = (result: Partial<RunResult>) =>
    askForLink(
      async (args) => {
        asked.push(args);
        return { code: 0, stdout: "", stderr: "", ...result };
      },
      "acme",
      "https://acme.example",
    );

  test("in its own container, and gives one that is good for some time", async () => {
    const link = await ask({ stdout: JSON.stringify(answer) });
    expect(link.url.startsWith("https://acme.example/#bootstrapToken=a-B_9")).toBe(true);
    expect(link.validUntil).toEqual(new Date(1_800_000_000_000));
    expect(asked.at(-1)?.join(" ")).toMatch(
      /^exec --namespace=tenant-acme deployment\/openclaw --container=openclaw .*-- openclaw dashboard --json$/,
    );
  });

  test.each([
    ["it is not ready", { stdout: '{"ok":false,"reason":"HTTP 503"}' }, "HTTP 503"],
    [
      "one may not run commands in the pod",
      { code: 1, stderr: 'Error: pods is forbidden\nUser "x" cannot create resource "pods/exec"' },
      'User "x" cannot create resource "pods/exec"',
    ],
    ["it is another program", { stdout: "hello" }, "it prints something else"],
  ])("and says why there is none if %s", async (_, result, reason) => {
    await expect(ask(result)).rejects.toThrow(
      `The OpenClaw of acme gives no link to its Control UI: ${reason}`,
    );
  });
});
