import type { Tenant } from "../../tenants/schema.ts";

/** Settings of every instance of the stack. */
export interface InstanceSettings {
  /** The OpenClaw image, pinned. */
  readonly image: string;
  /** The cluster's default StorageClass if left out. */
  readonly storageClass?: string | undefined;
  /** A sandboxed runtime such as gVisor, where the nodes have one. */
  readonly runtimeClass?: string | undefined;
}

/** The same, with what the gateway alone has to know. */
export interface GatewaySettings extends InstanceSettings {
  /** IANA name, of tenants whose file names no other. */
  readonly timeZone: string;
}

/** The time zone in which a tenant's people say "every day at nine". */
export const timeZoneOf = (tenant: Tenant, { timeZone }: Pick<GatewaySettings, "timeZone">): string =>
  tenant.timeZone ?? timeZone;
