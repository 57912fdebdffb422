import type { Cluster } from "../cluster/cluster.ts";
import type { SharedServices } from "../services/sharedServices.ts";
import type { IdentityOf } from "./identity.ts";

/** The maker of tenants' identities in the cluster's cloud; `undefined` where services do without, or there is no cloud. */
export async function tenantIdentities(
  { name, cloud }: Cluster,
  { identityProvider, objectStore }: SharedServices,
): Promise<IdentityOf | undefined> {
  if (identityProvider === undefined) {
    return undefined;
  }
  switch (cloud?.kind) {
    case "alicloud": {
      const { ramIdentities } = await import("./alicloud.ts");
      return ramIdentities({ cluster: name, provider: cloud.provider, objectStore, identityProvider });
    }
    case "tencentcloud": {
      const { camIdentities } = await import("./tencentcloud.ts");
      const { provider, account } = cloud;
      return camIdentities({ cluster: name, account, provider, objectStore, identityProvider });
    }
    case undefined:
      return undefined;
  }
}
