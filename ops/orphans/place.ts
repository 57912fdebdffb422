import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { digits, tencentRegion, tkeClusterName } from "../../components/cluster/tke/names.ts";
import { repository } from "../../lib/system/paths.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { readSetting, readStack, settingsFile } from "../../settings/stacks.ts";
import { loadTenants } from "../../tenants/load.ts";

/** A stack's account and region, and the names by which its resources are known. */
export interface Place {
  readonly stack: string;
  /** Name of the cluster, with which names of resources begin. */
  readonly cluster: string;
  readonly region: string;
  /** Number of the main account. */
  readonly uin: string;
  /** The bucket's name, of a stack that owns its platform. */
  readonly bucket?: string;
  /** Whether the platform is the stack's own. */
  readonly isOwner: boolean;
  /** Each may have a role. */
  readonly tenantIds: readonly string[];
}

const clusterSettings = z.object({
  name: tkeClusterName,
  region: tencentRegion,
  account: z.object({ uin: digits, appId: digits }),
});

const serviceSettings = z.object({ objectStore: z.object({ bucket: z.string() }) });

/**
 * A stack by its settings and those of the stack that owns its platform.
 *
 * @throws UserError if it is not on Tencent Cloud, or the settings do not say where; TenantFilesError if a file is wrong
 */
export function placeOf(stack: string, folder: string = repository): Place {
  const read = readStack(stack, folder);
  if (read?.clusterKind !== "tke") {
    throw new UserError(
      `The stack ${stack} is on a cluster of kind ${read?.clusterKind ?? "unknown"}, and this looks for what the provider ` +
        "of kind tke forgets. Alibaba Cloud's keeps failed creates in the state.",
    );
  }
  const cluster = clusterSettings.safeParse(readSetting(read.platform, "cluster", folder));
  if (!cluster.success) {
    throw new UserError(
      `${settingsFile(read.platform)}: openclaw:cluster must have name, region and account: {uin, appId}.`,
    );
  }
  const { name, region, account } = cluster.data;
  const isOwner = read.role === "owner";
  const tenants = join(folder, read.tenantsFolder);
  const services = serviceSettings.safeParse(readSetting(read.platform, "services", folder));
  return {
    stack,
    cluster: name,
    region,
    uin: account.uin,
    ...(isOwner && services.success
      ? { bucket: `${services.data.objectStore.bucket}-${account.appId}` }
      : {}),
    isOwner,
    tenantIds: existsSync(tenants) ? loadTenants(tenants).map(({ id }) => id) : [],
  };
}
