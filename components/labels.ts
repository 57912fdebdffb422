import type { Tenant } from "../tenants/schema.ts";

/** Keys of the labels and annotations the project writes; the guardrails refuse others to change them. */
export const labelKeys = {
  tenant: "openclaw.ai/tenant",
  cell: "openclaw.ai/cell",
  plan: "openclaw.ai/plan",
  state: "openclaw.ai/state",
  /** Of an HTTPRoute: the way its users sign in at the edge. */
  signIn: "openclaw.ai/sign-in",
} as const;

export const annotationKeys = {
  /** The one host that Ingresses of the namespace may serve. */
  host: "openclaw.ai/host",
  displayName: "openclaw.ai/display-name",
  owner: "openclaw.ai/owner",
  /** Stack and state that an object belongs to: ownerMark.ts. */
  ownedBy: "openclaw.ai/owned-by",
  /** The tenant's incarnation: it tells apart tenants that have had the same id. */
  incarnation: "openclaw.ai/incarnation",
  /** The mark that the object had before it was taken over. */
  adoptedFrom: "openclaw.ai/adopted-from",
  /** Day until which an offboarded tenant's volume must not be deleted, YYYY-MM-DD. */
  retainUntil: "openclaw.ai/retain-until",
  /** SHA-256 of what a pod reads at its start only: OpenClaw does not reload a changed ConfigMap, a changed pod template does. */
  configChecksum: "openclaw.ai/config-checksum",
  /** The tenant's keyEpoch: raising it rolls the pod, which reads its credentials at start only. */
  keyEpoch: "openclaw.ai/key-epoch",
  /** Fingerprints of the roots that a pod's credentials are derived from: other ones replace the pod, whatever the epoch. */
  roots: "openclaw.ai/roots",
} as const;

export const managedBy = "openclaw-tenants";
export const managedByLabel = "app.kubernetes.io/managed-by";

/**
 * Keys of the tags of everything in a cloud's account. None may begin with `project`, `qcs:`, `qcloud` or `tencent`, which
 * Tencent Cloud keeps for itself, nor with `aliyun` or `acs:`. Source: https://www.tencentcloud.com/document/product/651/13354
 */
export const tagKeys = {
  project: "pulumi-project",
  stack: "stack",
  managedBy: "managed-by",
  /** Name of the resource in the program, by which one that the state does not know is imported. */
  resource: "pulumi-resource",
} as const;

/** Labels of the pod and of its selectors; immutable in a Deployment, so nothing that changes may stand here. */
export const workloadSelector = { "app.kubernetes.io/name": "openclaw" } as const;

/** {@link workloadSelector} as the API and kubectl take it. */
export const workloadSelectorText = Object.entries(workloadSelector)
  .map(([key, value]) => `${key}=${value}`)
  .join();

/**
 * Label of every object a tenant owns: one, because the state holds it twice for each and is written at every step.
 * The namespace has more: see `namespaceSpec`.
 */
export function tenantLabels(tenant: Pick<Tenant, "id">): Record<string, string> {
  return { [labelKeys.tenant]: tenant.id };
}
