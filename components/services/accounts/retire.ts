import { join } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../../tenants/schema.ts";
import type { InstanceSettings } from "../../instance/settings.ts";
import { type Container, type Job, variable } from "../../job.ts";
import type { ManifestOf } from "../../kubernetesObject.ts";
import { annotationKeys, labelKeys, tenantLabels, workloadSelectorText } from "../../labels.ts";
import { namespaceName, objectNames } from "../../names.ts";
import { containerSecurityContext } from "../../podSecurity.ts";
import { moduleCommand } from "../../scriptCommand.ts";
import { servicesNamespace } from "../namespace.ts";
import type { ServiceFacts } from "../sharedServices.ts";
import { accountsJobSpec } from "./jobs.ts";
import { retireAccount, retirePodLabels, retireRole } from "./retireAccount.ts";

type JobSpec = NonNullable<Job["spec"]>;

/** Seconds that the Job waits for the tenant's pod; the rest of its ten minutes is for ending credentials. */
const waitSeconds = 480;

const waitContainer = "workload";

/** The volume, and its folder, with the token and the API server's authority for the container that asks it. */
const access = { volume: "api-access", folder: "/var/run/api-access" } as const;

/**
 * The Job `retire`: the credentials of other epochs end once a pod of this epoch is Ready, which a first container asks the
 * API server. An engine's word is not enough for what cannot be undone: the official one calls a Deployment of strategy
 * Recreate updated while no new pod runs.
 *
 * Nothing of a suspended tenant runs with any credential, and its accounts are locked: there is no pod to wait for.
 */
export function retireJobSpec(
  tenant: Tenant,
  services: ServiceFacts,
  { image }: Pick<InstanceSettings, "image">,
): JobSpec {
  const spec = accountsJobSpec("retire", tenant, services);
  const pod = spec.template.spec;
  if (tenant.state !== "active" || pod === undefined) {
    return spec;
  }
  return {
    ...spec,
    template: {
      metadata: {
        ...spec.template.metadata,
        labels: { ...spec.template.metadata?.labels, ...retirePodLabels },
      },
      spec: {
        ...pod,
        serviceAccountName: services.provisioning.retireAccount,
        initContainers: [waiting(tenant, image)],
        volumes: [...(pod.volumes ?? []), accessVolume],
      },
    },
  };
}

const waiting = (tenant: Tenant, image: string): Container => ({
  name: waitContainer,
  image,
  imagePullPolicy: "IfNotPresent",
  command: moduleCommand(join(import.meta.dirname, "scripts"), "retire-wait"),
  env: [
    variable("NAMESPACE", namespaceName(tenant.id)),
    variable("DEPLOYMENT", objectNames.workload),
    variable("SELECTOR", `${workloadSelectorText},${labelKeys.tenant}=${tenant.id}`),
    variable("EPOCH_ANNOTATION", annotationKeys.keyEpoch),
    variable("KEY_EPOCH", `${tenant.keyEpoch}`),
    variable("WAIT_SECONDS", `${waitSeconds}`),
    variable("TOKEN_FILE", `${access.folder}/token`),
    variable("NODE_EXTRA_CA_CERTS", `${access.folder}/ca.crt`),
    variable("NODE_DISABLE_COMPILE_CACHE", "1"),
  ],
  resources: {
    requests: { cpu: "20m", memory: "64Mi", "ephemeral-storage": "16Mi" },
    limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "64Mi" },
  },
  terminationMessagePolicy: "FallbackToLogsOnError",
  securityContext: containerSecurityContext(),
  volumeMounts: [{ name: access.volume, mountPath: access.folder, readOnly: true }],
});

/** The token, mounted by this container alone: those with administrators' credentials get none. */
const accessVolume = {
  name: access.volume,
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 900 } },
      // Kubernetes puts it into every namespace.
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ],
  },
};

/** Lets the Job see the tenant's pods, from the first rotation on. */
export const retireBindingSpec = (tenant: Tenant): ManifestOf<k8s.types.input.rbac.v1.RoleBinding> => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: retireRole, namespace: namespaceName(tenant.id), labels: tenantLabels(tenant) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: retireRole },
  subjects: [{ kind: "ServiceAccount", name: retireAccount, namespace: servicesNamespace }],
});
