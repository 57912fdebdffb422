import * as pulumi from "@pulumi/pulumi";
import { Provider as RandomProvider } from "@pulumi/random";
import { existingCluster } from "./components/cluster/index.ts";
import { dropDebugMessages } from "./components/debugMessages.ts";
import { Platform, platformFromStack } from "./components/platform/index.ts";
import { registerEach } from "./components/registration.ts";
import { TenantComponent } from "./components/tenant/index.ts";
import { recordsOfLastUpdate, refuseRemovals } from "./components/tenant/lastUpdate.ts";
import { readSettings, readTenants } from "./settings.ts";
import { cellMonthlyListPriceCny, monthlyListPriceCny } from "./tenants/prices.ts";

dropDebugMessages();
const settings = readSettings();
const lastUpdate = recordsOfLastUpdate();
const tenantFiles = readTenants(settings);

const cluster = existingCluster(settings.cluster);
const providers = [cluster.provider, new RandomProvider("random")];
refuseRemovals(await lastUpdate, tenantFiles, settings.tenants);

/** What the cells of this cluster read when the platform has a stack of its own. */
export const platform =
  "stack" in settings.platform
    ? await platformFromStack(settings.platform.stack)
    : new Platform("platform", { facts: settings.platform, guardrails: settings.guardrails }, { providers })
        .facts;

const instances = await registerEach(tenantFiles, (tenant) => {
  const { instance, today } = settings;
  return new TenantComponent(tenant.id, { tenant, platform, instance, today }, { providers });
});

export const tenants = Object.fromEntries(
  instances.map(({ tenant, namespace, url, plan, state, dataProtected }) => {
    const { retainUntil } = tenant;
    const monthlyCny = monthlyListPriceCny(tenant);
    return [tenant.id, { namespace, url, plan, state, monthlyCny, dataProtected, retainUntil }];
  }),
);

export const cell = {
  name: settings.stack,
  tenants: tenantFiles.length,
  monthlyCny: cellMonthlyListPriceCny(tenantFiles),
};

/** `pulumi stack output gatewayTokens --show-secrets` */
export const gatewayTokens = pulumi.secret(
  Object.fromEntries(instances.map(({ tenant, gatewayToken }) => [tenant.id, gatewayToken])),
);
