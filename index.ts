import * as pulumi from "@pulumi/pulumi";
import { Provider as RandomProvider } from "@pulumi/random";
import { connectCluster, createCluster } from "./components/cluster/index.ts";
import { dropDebugMessages } from "./components/debugMessages.ts";
import { tenantIdentities } from "./components/identity/index.ts";
import { ownerOf } from "./components/ownerMark.ts";
import { edgeOf, Platform, platformOfStack } from "./components/platform/index.ts";
import {
  incarnationIn,
  isAdopted,
  isBeingOffboarded,
  lastUpdateOf,
  refuseByCluster,
  refuseByEdge,
  refuseByLastUpdate,
  storageClassOf,
} from "./components/preflight/index.ts";
import { registerEach } from "./components/registration.ts";
import { tenantSideImages } from "./components/services/images.ts";
import { createServices } from "./components/services/index.ts";
import { TenantComponent } from "./components/tenant/index.ts";
import { type CellSettings, type OwnerSettings, readSettings, readTenants } from "./settings/index.ts";
import { programVersion } from "./settings/programVersion.ts";
import { cellMonthlyListPriceCny, monthlyListPriceCny, pricesOnCluster } from "./tenants/prices.ts";

dropDebugMessages();
const settings = readSettings();
const lastUpdateRead = lastUpdateOf();
const files = { tenants: readTenants(settings), folder: settings.tenants };

const lastUpdate = await lastUpdateRead;
refuseByLastUpdate(lastUpdate, files);

const random = new RandomProvider("random");
const owner = await ownerOf(settings.stack, { provider: random });
const { cluster, platformClaim, platformAndServices } =
  settings.role === "owner" ? await ownPlatform(settings) : await sharedPlatform(settings);
const providers = [cluster.provider, random];
const found = await refuseByCluster({
  ...{ cluster, owner, lastUpdate, files, platformClaim },
  today: settings.today,
});

const { platform, services, edgeReady } = await platformAndServices();

async function ownPlatform({ cluster: ofCluster, platform: ofPlatform, ...own }: OwnerSettings) {
  const { facts: edge, gateway } = edgeOf(ofPlatform.edge);
  const facts = { ...ofPlatform, edge };
  refuseByEdge(edge, files);
  const cluster = await createCluster(ofCluster);
  return {
    cluster,
    platformClaim: { edge: edge.namespace, adopt: own.adopt },
    async platformAndServices() {
      const guardrails = { ...own.guardrails, images: tenantSideImages(own.services) };
      const platform = new Platform("platform", { facts, gateway, guardrails, owner }, { providers });
      return {
        ...{ platform: facts, edgeReady: platform.edgeReady },
        services: await createServices("services", own.services, { cluster, owner }, { providers }),
      };
    },
  };
}

async function sharedPlatform({ platform: { stack }, cluster: reached }: CellSettings) {
  const { cluster, ...shared } = await platformOfStack(stack);
  refuseByEdge(shared.platform.edge, files);
  return {
    cluster: await connectCluster(reached ?? cluster),
    platformClaim: undefined,
    platformAndServices: async () => ({ ...shared, edgeReady: undefined }),
  };
}

const identityOf = await tenantIdentities(cluster, services);
const serviceFacts = pulumi.output(services);
const instances = await registerEach(files.tenants, (tenant) => {
  const { instance, backup, today } = settings;
  const record = lastUpdate.records[tenant.id];
  const there = found[tenant.id] ?? {};
  const args = {
    ...{ tenant, owner, platform, edgeReady, services, serviceFacts, instance, backup, today, identityOf },
    storageClass: storageClassOf(record, there.claim, instance.storageClass),
    finalBackup: isBeingOffboarded(record, tenant),
    adopted: isAdopted(tenant, record, there),
    formerIncarnation: record === undefined ? incarnationIn(there.accounts) : undefined,
  };
  return new TenantComponent(tenant.id, args, { providers });
});

const prices = pricesOnCluster(cluster.kind);

export const tenants = Object.fromEntries(
  instances.map((instance) => {
    const { tenant, namespace, url, plan, state, record } = instance;
    const monthlyCny = monthlyListPriceCny(tenant, prices);
    return [tenant.id, { namespace, url, plan, state, monthlyCny, ...record }];
  }),
);

export const cell = {
  name: settings.stack,
  tenants: files.tenants.length,
  monthlyCny: cellMonthlyListPriceCny(files.tenants, prices),
};

const { connection, cloud } = cluster;

/** Public addresses that the fleet goes out from, for others' allow-lists. */
export const egressAddresses = cloud?.site?.egressAddresses;

/**
 * The kubeconfig of a managed cluster, valid for two hours on ACK and until it is renewed on TKE:
 * `pulumi stack output kubeconfig --show-secrets`
 */
export const { kubeconfig } = cluster;

/** The version of this program that made the last update. */
export const program = { version: programVersion };

export { outputsVersion } from "./components/platform/index.ts";
/** Outputs that cells read of the stack that owns their platform: components/platform/stackReference.ts. */
export { connection as cluster, platform, services };

/** `pulumi stack output gatewayTokens --show-secrets` */
export const gatewayTokens = pulumi.secret(
  Object.fromEntries(instances.map(({ tenant, gatewayToken }) => [tenant.id, gatewayToken])),
);
