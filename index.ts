import * as pulumi from "@pulumi/pulumi";
import { Provider as RandomProvider } from "@pulumi/random";
import { connectCluster, createCluster } from "./components/cluster/index.ts";
import { dropDebugMessages } from "./components/debugMessages.ts";
import {
  createServices,
  Platform,
  platformOfStack,
  tenantIdentities,
  tenantSideImages,
} from "./components/platform/index.ts";
import { registerEach } from "./components/registration.ts";
import { TenantComponent } from "./components/tenant/index.ts";
import {
  isBeingOffboarded,
  recordsOfLastUpdate,
  refuseOldRoots,
  refuseRemovals,
  refuseReversals,
} from "./components/tenant/lastUpdate.ts";
import { type CellSettings, type OwnerSettings, readSettings, readTenants } from "./settings.ts";
import { plans } from "./tenants/plans.ts";
import { cellMonthlyListPriceCny, monthlyListPriceCny, pricesOnCluster } from "./tenants/prices.ts";

dropDebugMessages();
const settings = readSettings();
const lastUpdate = recordsOfLastUpdate();
const tenantFiles = readTenants(settings);

const random = new RandomProvider("random");
const records = await lastUpdate;
refuseRemovals(records, tenantFiles, settings.tenants);
refuseReversals(records, tenantFiles, settings.tenants);
refuseOldRoots(records);

const { cluster, platform, services } =
  settings.role === "owner" ? await ownPlatform(settings) : await sharedPlatform(settings);
const providers = [cluster.provider, random];

async function ownPlatform(own: OwnerSettings) {
  const cluster = await createCluster(own.cluster);
  const opts = { providers: [cluster.provider, random] };
  const guardrails = { ...own.guardrails, images: tenantSideImages(own.services) };
  const platform = new Platform("platform", { facts: own.platform, guardrails }, opts);
  return {
    cluster,
    platform: platform.facts,
    services: await createServices("services", own.services, cluster, opts),
  };
}

async function sharedPlatform({ platform: { stack }, cluster }: CellSettings) {
  const shared = await platformOfStack(stack);
  return { ...shared, cluster: await connectCluster(cluster ?? shared.cluster) };
}

const identityOf = await tenantIdentities(cluster, services);
const serviceFacts = pulumi.output(services);
const instances = await registerEach(tenantFiles, (tenant) => {
  const { instance, backup, today } = settings;
  const finalBackup = isBeingOffboarded(records[tenant.id], tenant);
  const args = { tenant, platform, services, serviceFacts, instance, backup, finalBackup, today, identityOf };
  return new TenantComponent(tenant.id, args, { providers });
});

const prices = pricesOnCluster(cluster.kind);

export const tenants = Object.fromEntries(
  instances.map(({ tenant, namespace, url, plan, state, dataProtected }) => {
    const { retainUntil, keyEpoch } = tenant;
    const { diskGiB } = plans[plan];
    const monthlyCny = monthlyListPriceCny(tenant, prices);
    const record = { dataProtected, retainUntil, keyEpoch, diskGiB, encryptedRoots: true };
    return [tenant.id, { namespace, url, plan, state, monthlyCny, ...record }];
  }),
);

export const cell = {
  name: settings.stack,
  tenants: tenantFiles.length,
  monthlyCny: cellMonthlyListPriceCny(tenantFiles, prices),
};

const { connection, cloud } = cluster;

/** Public addresses that the fleet goes out from, for others' allow-lists. */
export const egressAddresses = cloud?.site?.egressAddresses;

/**
 * Of a managed cluster, good for two hours on ACK and until it is renewed on TKE:
 * `pulumi stack output kubeconfig --show-secrets`
 */
export const { kubeconfig } = cluster;

/** What cells read of the stack that owns their platform: components/platform/stackReference.ts. */
export { connection as cluster, platform, services };

/** `pulumi stack output gatewayTokens --show-secrets` */
export const gatewayTokens = pulumi.secret(
  Object.fromEntries(instances.map(({ tenant, gatewayToken }) => [tenant.id, gatewayToken])),
);
