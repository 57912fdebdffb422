import type { IncomingHttpHeaders } from "node:http";
import { describe, expect, test } from "vitest";
import { refusalOf, requestHeaders, responseHeaders } from "../../ops/open/headers.ts";

const addresses = {
  publicOrigin: "https://assistant.corvus.example",
  localHost: "corvus.openclaw.localhost:8789",
};
const host = addresses.localHost;
const origin = `http://${host}`;
const sent = (headers: IncomingHttpHeaders) => requestHeaders(headers, addresses, "x-auth-request-email");

describe("a request is passed on", () => {
  test.each([
    ["without an origin", { host }],
    ["from the tenant's own page", { host, origin }],
    ["whatever the case of its host", { host: host.toUpperCase() }],
  ])("%s", (_, headers) => {
    expect(refusalOf(headers, "/chat?x=1", addresses)).toBeUndefined();
  });
});

describe("a request is refused", () => {
  test.each([
    ["for another name that leads here", { host: "rebound.elsewhere.example:8789" }],
    ["for this machine's address", { host: "127.0.0.1:8789" }],
    ["for another tenant", { host: "acme.openclaw.localhost:8789" }],
    ["for another port", { host: "corvus.openclaw.localhost" }],
    ["for the tenant's public name", { host: "assistant.corvus.example" }],
    ["without a host", {}],
    ["from another site's page", { host, origin: "https://elsewhere.example" }],
    ["from another tenant's page", { host, origin: "http://acme.openclaw.localhost:8789" }],
    ["from the tenant's public page", { host, origin: addresses.publicOrigin }],
    ["from a page without an address", { host, origin: "null" }],
    ["from the same name over TLS", { host, origin: `https://${host}` }],
  ])("%s", (_, headers) => {
    expect(refusalOf(headers, "/", addresses)).toEqual(expect.any(String));
  });

  test.each(["http://elsewhere.example/", "elsewhere.example:443", "*", ""])("whose target is %j", (path) => {
    expect(refusalOf({ host }, path, addresses)).toBe("a path is required");
  });
});

test("the tenant is asked as if by its public origin, for a client that is not this machine", () => {
  expect(sent({ host, origin, authorization: "Bearer x", "content-length": "3" })).toEqual({
    authorization: "Bearer x",
    "content-length": "3",
    host: "assistant.corvus.example",
    origin: "https://assistant.corvus.example",
    "x-forwarded-for": "192.0.2.10",
    "x-forwarded-host": "assistant.corvus.example",
    "x-forwarded-proto": "https",
  });
});

test("a request without an origin gets none", () => {
  expect(sent({ host })).not.toHaveProperty("origin");
});

test("nobody says for whom it asks, nor who is signed in", () => {
  const forged = {
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-user": "alice@acme.example",
    "x-auth-request-email": "alice@acme.example",
    "x-openclaw-scopes": "operator.admin",
    "x-forwarded-anything": "x",
    "x-real-ip": "127.0.0.1",
    forwarded: "for=127.0.0.1",
  };
  expect(sent({ host, ...forged })).toEqual(sent({ host }));
});

test("what is of one connection ends with it, but for the framing of the body", () => {
  const headers = {
    host,
    connection: "keep-alive",
    "keep-alive": "timeout=5",
    te: "trailers",
    expect: "100-continue",
    "transfer-encoding": "chunked",
  };
  expect(sent(headers)).toEqual({
    ...sent({ host }),
    "transfer-encoding": "chunked",
  });
});

test("a WebSocket is asked for again", () => {
  expect(sent({ host, connection: "upgrade", upgrade: "websocket" })).toMatchObject({
    connection: "Upgrade",
    upgrade: "websocket",
  });
});

test.each([
  ["https://assistant.corvus.example/chat?a=b#c", `${origin}/chat?a=b#c`],
  ["/chat", "/chat"],
  ["https://elsewhere.example/x", "https://elsewhere.example/x"],
])("a redirection to %s leads to %s", (location, expected) => {
  const headers = responseHeaders({ location, connection: "close", "set-cookie": ["a=b"] }, addresses);
  expect(headers).toEqual({ location: expected, "set-cookie": ["a=b"] });
});
