import type * as pulumi from "@pulumi/pulumi";
import type { Tenant } from "../../tenants/schema.ts";

/** A pod's cloud identity, without a key that could leak: the labels and annotations that its objects must have. */
export interface WorkloadIdentity {
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
}

/**
 * Makes a tenant's identity in the cloud, as children of the tenant. The names are known before anything is made, so
 * that a preview shows them.
 */
export type IdentityOf = (tenant: Tenant, opts: { readonly parent: pulumi.Resource }) => WorkloadIdentity;

/** The objects' additions for a tenant without a cloud identity: none. */
export const noIdentity: WorkloadIdentity = { namespaceLabels: {}, serviceAccountAnnotations: {} };
