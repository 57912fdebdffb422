import { expect, test } from "vitest";
import { paths } from "../../components/instance/paths.ts";
import { gatewayPort } from "../../components/names.ts";
import { configChecksum, configText } from "../../components/tenant/config.ts";
import { openclawConfig } from "../../components/tenant/openclawConfig.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { tenant } from "../fixtures/tenant.ts";

const host = "acme.openclaw.example";
const config = (overrides: Partial<Tenant> = {}, platform = platformFacts, timeZone = "Asia/Shanghai") =>
  openclawConfig(tenant(overrides), host, platform, timeZone);

test("the gateway serves the tenant's own origin alone", () => {
  expect(config().gateway).toMatchObject({
    port: gatewayPort,
    bind: "lan",
    publicOrigin: `https://${host}`,
    controlUi: { allowedOrigins: [`https://${host}`] },
    trustedProxies: platformFacts.edge.proxyCidrs,
  });
});

test("an edge at another port than that of https is part of the origin, which browsers send with it", () => {
  const { gateway } = config({}, { ...platformFacts, publicPort: 8443 });
  expect(gateway).toMatchObject({
    publicOrigin: `https://${host}:8443`,
    controlUi: { allowedOrigins: [`https://${host}:8443`] },
  });
});

test("in token mode the token is a reference: a missing one stops the start instead of being made up", () => {
  expect(config({ auth: "token" }).gateway.auth).toEqual({
    mode: "token",
    token: { source: "env", provider: "default", id: "OPENCLAW_GATEWAY_TOKEN" },
    rateLimit: { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000 },
  });
});

test("in trusted-proxy mode the file's users may enter, and its admins administer", () => {
  const users = [
    { email: "alice@acme.example", role: "admin" },
    { email: "bob@acme.example", role: "user" },
  ] as const;
  expect(config({ auth: "trusted-proxy", users }).gateway.auth).toMatchObject({
    mode: "trusted-proxy",
    identityScopes: { "alice@acme.example": ["operator.admin"] },
    trustedProxy: {
      userHeader: "x-forwarded-user",
      requiredHeaders: ["x-forwarded-proto"],
      allowUsers: ["alice@acme.example", "bob@acme.example"],
      deviceAutoApprove: { enabled: true },
    },
  });
});

test("the platform says which header names the user", () => {
  const edge = { ...platformFacts.edge, userHeader: "x-auth-request-email" };
  const { auth } = config({ auth: "trusted-proxy" }, { ...platformFacts, edge }).gateway;
  expect(auth).toMatchObject({ trustedProxy: { userHeader: "x-auth-request-email" } });
});

test("addresses are given in lower case, however the file spells them: OpenClaw compares them letter by letter", () => {
  const users = [
    { email: "Alice.ADMIN@Acme.Example", role: "admin" },
    { email: "BOB@acme.example", role: "user" },
  ] as const;
  expect(config({ auth: "trusted-proxy", users }).gateway.auth).toMatchObject({
    identityScopes: { "alice.admin@acme.example": ["operator.admin"] },
    trustedProxy: { allowUsers: ["alice.admin@acme.example", "bob@acme.example"] },
  });
});

test("whoever has the token administers, so the HTTP API is served", () => {
  const { http, tools } = config({ auth: "token" }).gateway;
  expect(http.endpoints.chatCompletions.enabled).toBe(true);
  expect(tools).toBeUndefined();
});

test("in trusted-proxy mode nothing is served by HTTP that an administrator alone may do", () => {
  const { http, tools } = config({ auth: "trusted-proxy" }).gateway;
  expect(http.endpoints.chatCompletions.enabled).toBe(false);
  expect(tools?.deny).toEqual(["screen", "sessions"]);
});

test("the assistant lives in the tenant's time zone", () => {
  expect(config({}, platformFacts, "Europe/Kyiv").agents.defaults.userTimezone).toBe("Europe/Kyiv");
});

test("models come from the gateway alone, with the tenant's default first in line", () => {
  const { agents, models } = config({ model: { default: "MiniMax-M3", monthlyBudgetCny: 1 } });
  expect(agents.defaults.model.primary).toBe("tenantproxy/MiniMax-M3");
  expect(models.mode).toBe("replace");
  expect(Object.keys(models.providers)).toEqual(["tenantproxy"]);
  expect(models.providers.tenantproxy).toMatchObject({
    baseUrl: platformFacts.modelGateway.url,
    apiKey: { source: "env", provider: "default", id: "TENANT_LLM_KEY" },
  });
  expect(models.providers.tenantproxy?.models.map(({ id }) => id)).toEqual(["kimi-k3", "MiniMax-M3"]);
});

test("terminal, exec and elevated tools are off, and files stay inside the workspace", () => {
  const { gateway, tools, agents } = config();
  expect(gateway.terminal.enabled).toBe(false);
  expect(tools).toEqual({
    profile: "messaging",
    exec: { security: "deny" },
    elevated: { enabled: false },
    fs: { workspaceOnly: true },
  });
  expect(agents.defaults.workspace).toBe(paths.workspace);
});

test("the checksum follows the text", () => {
  expect(configChecksum("openclaw")).toBe("96a4bc2602655473120fcc571ee3d8cfe5f8801f8038ccc06323d305e323331c");
  expect(configChecksum(configText(config()))).not.toBe(
    configChecksum(configText(config({ auth: "trusted-proxy" }))),
  );
});
