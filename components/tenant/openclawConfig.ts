import { comparableAddress } from "../../tenants/emailAddress.ts";
import { type ModelId, models } from "../../tenants/models.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { paths } from "../instance/paths.ts";
import { gatewayPort, publicOrigin } from "../names.ts";
import type { EdgeFacts, PlatformFacts } from "../platform/facts.ts";

/**
 * The part of OpenClaw's configuration that the project writes. Strict on purpose: OpenClaw exits with code 78
 * on a key it does not know.
 */
export interface OpenClawConfig {
  readonly gateway: {
    readonly mode: "local";
    readonly port: number;
    readonly bind: "lan";
    readonly publicOrigin: string;
    readonly auth: TokenAuth | TrustedProxyAuth;
    readonly trustedProxies: readonly string[];
    readonly controlUi: { readonly enabled: boolean; readonly allowedOrigins: readonly string[] };
    readonly terminal: { readonly enabled: boolean };
    readonly http: { readonly endpoints: { readonly chatCompletions: { readonly enabled: boolean } } };
    /** Tools that nobody may call by HTTP, beside those that OpenClaw refuses there by itself. */
    readonly tools?: { readonly deny: readonly string[] };
  };
  readonly secrets: { readonly providers: { readonly default: { readonly source: "env" } } };
  readonly agents: {
    readonly defaults: {
      readonly workspace: string;
      /** The time zone in which the model is told the date and time. */
      readonly userTimezone: string;
      readonly model: { readonly primary: string };
    };
  };
  readonly models: {
    readonly mode: "replace";
    readonly catalogRefresh: { readonly enabled: boolean };
    readonly providers: Readonly<Record<string, ModelProvider>>;
  };
  readonly plugins: { readonly allow: readonly string[] };
  readonly tools: {
    readonly profile: "messaging";
    readonly exec: { readonly security: "deny" };
    readonly elevated: { readonly enabled: boolean };
    readonly fs: { readonly workspaceOnly: boolean };
  };
  readonly update: { readonly checkOnStart: boolean };
}

/** A credential read from the environment at start; OpenClaw refuses to start when it is missing. */
interface SecretRef {
  readonly source: "env";
  readonly provider: "default";
  readonly id: string;
}

interface RateLimit {
  readonly maxAttempts: number;
  readonly windowMs: number;
  readonly lockoutMs: number;
}

interface TokenAuth {
  readonly mode: "token";
  readonly token: SecretRef;
  readonly rateLimit: RateLimit;
}

interface TrustedProxyAuth {
  readonly mode: "trusted-proxy";
  readonly identityScopes: Readonly<Record<string, readonly string[]>>;
  readonly trustedProxy: {
    readonly userHeader: string;
    readonly requiredHeaders: readonly string[];
    readonly allowUsers: readonly string[];
    readonly deviceAutoApprove: { readonly enabled: boolean };
  };
  readonly rateLimit: RateLimit;
}

interface ModelProvider {
  readonly baseUrl: string;
  readonly apiKey: SecretRef;
  readonly api: "openai-completions";
  readonly models: readonly {
    readonly id: string;
    readonly name: string;
    readonly reasoning: boolean;
    readonly input: readonly string[];
    readonly contextWindow: number;
    readonly maxTokens: number;
  }[];
}

/** A neutral provider id: the id `moonshot` makes OpenClaw's start call `npm view` and degrade. */
const modelProvider = "tenantproxy";

const rateLimit: RateLimit = { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000 };

/**
 * Tools that OpenClaw keeps for administrators and does not refuse by HTTP anyway: GATEWAY_OWNER_ONLY_CORE_TOOLS without
 * DEFAULT_GATEWAY_HTTP_TOOL_DENY of 2026.9.6.
 */
const administratorsTools = ["screen", "sessions"];

const fromEnvironment = (id: string): SecretRef => ({ source: "env", provider: "default", id });

/** @param timeZone by its IANA name */
export function openclawConfig(
  tenant: Tenant,
  host: string,
  platform: PlatformFacts,
  timeZone: string,
): OpenClawConfig {
  const origin = publicOrigin(host, platform.publicPort);
  return {
    gateway: {
      mode: "local",
      port: gatewayPort,
      bind: "lan",
      publicOrigin: origin,
      auth: gatewayAuth(tenant, platform.edge),
      trustedProxies: platform.edge.proxyCidrs,
      controlUi: { enabled: true, allowedOrigins: [origin] },
      terminal: { enabled: false },
      ...httpApi(tenant),
    },
    secrets: { providers: { default: { source: "env" } } },
    agents: {
      defaults: {
        workspace: paths.workspace,
        userTimezone: timeZone,
        model: { primary: `${modelProvider}/${tenant.model.default}` },
      },
    },
    models: {
      mode: "replace",
      catalogRefresh: { enabled: false },
      providers: {
        [modelProvider]: {
          baseUrl: platform.modelGateway.url,
          apiKey: fromEnvironment("TENANT_LLM_KEY"),
          api: "openai-completions",
          models: (Object.keys(models) as ModelId[]).map((id) => ({ id, reasoning: true, ...models[id] })),
        },
      },
    },
    plugins: { allow: ["memory-core"] },
    tools: {
      profile: "messaging",
      exec: { security: "deny" },
      elevated: { enabled: false },
      fs: { workspaceOnly: true },
    },
    update: { checkOnStart: false },
  };
}

/**
 * The HTTP endpoints beside the Control UI. Behind a trusted proxy OpenClaw takes every user for an administrator
 * there, whatever identityScopes say, unless the request carries x-openclaw-scopes, which no edge sets yet. So nothing is
 * served of what an administrator alone may do: https://docs.openclaw.ai/gateway/trusted-proxy-auth
 */
function httpApi({ auth }: Tenant): Pick<OpenClawConfig["gateway"], "http" | "tools"> {
  const isAdministrator = auth === "token";
  return {
    http: { endpoints: { chatCompletions: { enabled: isAdministrator } } },
    ...(isAdministrator ? {} : { tools: { deny: administratorsTools } }),
  };
}

function gatewayAuth(tenant: Tenant, { userHeader }: EdgeFacts): TokenAuth | TrustedProxyAuth {
  if (tenant.auth === "token") {
    return { mode: "token", token: fromEnvironment("OPENCLAW_GATEWAY_TOKEN"), rateLimit };
  }
  const addresses = (users: Tenant["users"]) => users.map(({ email }) => comparableAddress(email));
  const admins = addresses(tenant.users.filter(({ role }) => role === "admin"));
  return {
    mode: "trusted-proxy",
    identityScopes: Object.fromEntries(admins.map((address) => [address, ["operator.admin"]])),
    trustedProxy: {
      userHeader,
      requiredHeaders: ["x-forwarded-proto"],
      allowUsers: addresses(tenant.users),
      deviceAutoApprove: { enabled: true },
    },
    rateLimit,
  };
}
