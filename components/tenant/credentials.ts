import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import { deriveCredential } from "../instance/derivation.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";

/** Names of the Secret's entries, which are the environment variables of the container as well. */
export type CredentialVariable = "OPENCLAW_GATEWAY_TOKEN" | "OPENCLAW_GATEWAY_PASSWORD" | "TENANT_LLM_KEY";

/**
 * The variable with the gateway's credential. OpenClaw in trusted-proxy mode fails to start when a token is
 * set; there the password lets only the command line inside the pod in.
 */
export function gatewayCredentialVariable(tenant: Pick<Tenant, "auth">): CredentialVariable {
  return tenant.auth === "token" ? "OPENCLAW_GATEWAY_TOKEN" : "OPENCLAW_GATEWAY_PASSWORD";
}

/** The model gateway's clients expect keys that begin with `sk-`. */
export function credentials(tenant: Tenant, root: string): Partial<Record<CredentialVariable, string>> {
  return {
    [gatewayCredentialVariable(tenant)]: deriveCredential(root, tenant.id, "gateway"),
    TENANT_LLM_KEY: `sk-${deriveCredential(root, tenant.id, "model")}`,
  };
}

/** The Secret without its data, which is an Output of the root and stays one. */
export function credentialsSpec(tenant: Tenant): ManifestOf<k8s.types.input.core.v1.Secret> {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: objectNames.credentials,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
    },
    type: "Opaque",
  };
}
