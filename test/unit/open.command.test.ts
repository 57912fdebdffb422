import { expect, test } from "vitest";
import { main, portsFor } from "../../tools/cli/open.ts";
import { activeTenant, assertPodsRun } from "../../tools/cli/openTenant.ts";
import { targetOf } from "../../tools/cli/target.ts";
import { localLink } from "../../tools/open/link.ts";
import { UsageError } from "../../tools/terminal/errors.ts";
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
  });
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

test.each([[[]], [["acme", "corvus"]], [["acme", "--yes"]], [["acme", "--port", "0"]]])(
  "%j is wrong usage",
  async (argv) => {
    await expect(main(argv)).rejects.toThrow(UsageError);
  },
);

test("a link of the pod's own address leads through the proxy, and names no other gateway", () => {
  const made =
    "http://127.0.0.1:18789/#bootstrapToken=a-B_9&bootstrapProfile=owner&gatewayUrl=ws%3A%2F%2F127.0.0.1%3A18789";
  expect(
    localLink(made, { publicOrigin: "https://acme.example", localHost: "acme.openclaw.localhost:8789" }),
  ).toBe(
    "http://acme.openclaw.localhost:8789/#bootstrapToken=a-B_9&bootstrapProfile=owner" +
      "&gatewayUrl=ws%3A%2F%2Facme.openclaw.localhost%3A8789",
  );
});
