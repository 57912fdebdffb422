import type * as pulumi from "@pulumi/pulumi";
import type { Tenant } from "../../tenants/schema.ts";

/** What makes a tenant's pod somebody in the cloud, without a key that could leak: what its objects must say. */
export interface WorkloadIdentity {
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
}

/**
 * Makes a tenant's identity in the cloud, as children of the tenant. The names are known before anything is made, so
 * that a preview shows them.
 */
export type IdentityOf = (tenant: Tenant, opts: { readonly parent: pulumi.Resource }) => WorkloadIdentity;

/** Of a tenant that is nobody in the cloud: its objects say nothing. */
export const noIdentity: WorkloadIdentity = { namespaceLabels: {}, serviceAccountAnnotations: {} };
