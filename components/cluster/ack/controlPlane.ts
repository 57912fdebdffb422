import { ManagedKubernetes } from "@pulumi/alicloud/cs/managedKubernetes.js";
import type { Project } from "@pulumi/alicloud/log/project.js";
import type * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import type { CloudKey, IdentityProvider } from "../cloud.ts";
import { addonsAtCreation } from "./addons.ts";
import type { Network } from "./network.ts";
import { lastingIn, type Place } from "./place.ts";
import type { AckSettings } from "./settings.ts";

interface Foundation {
  readonly network: Network;
  readonly key: CloudKey;
  readonly audit: Project;
}

/** The managed control plane. What it leaves out would be a default that costs money or opens a port. */
export function createControlPlane(
  place: Place,
  settings: AckSettings,
  { network, key, audit }: Foundation,
): ManagedKubernetes {
  const { name, network: addresses, audit: logs, maintenance } = settings;
  return new ManagedKubernetes(
    `${place.name}-cluster`,
    {
      name,
      clusterSpec: "ack.pro.small",
      vswitchIds: network.zones.map(({ nodes }) => nodes.id),
      podVswitchIds: network.zones.map(({ pods }) => pods.id),
      serviceCidr: addresses.serviceCidr,
      proxyMode: "ipvs",
      // An ordinary security group holds 2,000 addresses, and with Terway every pod is one.
      isEnterpriseSecurityGroup: true,
      // ACK is never told: the provider sends this argument only if it is true, which it would be if it were left
      // out. natGateways.ts looks at what ACK made of that.
      newNatGateway: false,
      slbInternetEnabled: false,
      enableRrsa: true,
      encryptionProviderKey: key.id,
      disableEncryption: false,
      auditLogConfig: { enabled: true, slsProjectName: audit.projectName },
      controlPlaneLogProject: audit.projectName,
      controlPlaneLogComponents: ["apiserver", "kcm", "scheduler", "ccm", "controlplane-events"],
      controlPlaneLogTtl: `${logs.retentionDays}`,
      deletionProtection: true,
      maintenanceWindow: {
        enable: true,
        maintenanceTime: maintenance.start,
        duration: `${maintenance.hours}h`,
        weeklyPeriod: maintenance.days.join(","),
      },
      operationPolicy: { clusterAutoUpgrade: { enabled: true, channel: maintenance.channel } },
      deleteOptions: [
        { resourceType: "SLS_Data", deleteMode: "retain" },
        { resourceType: "SLS_ControlPlane", deleteMode: "retain" },
        { resourceType: "ALB", deleteMode: "retain" },
        { resourceType: "SLB", deleteMode: "retain" },
      ],
      // No certificate of an administrator in the state: kubeconfig.ts asks for a short-lived one.
      skipSetCertificateAuthority: true,
      addons: addonsAtCreation(),
      tags: cloudTags(),
    },
    {
      ...lastingIn(place),
      dependsOn: [...network.wayOut],
      // Read at creation only, and not read back.
      ignoreChanges: ["addons"],
    },
  );
}

/** @throws Error where the cloud does not say what it said it would: nothing that follows could work. */
function said<T>(value: T | undefined, what: string): T {
  if (value === undefined || value === "") {
    throw new Error(`ACK did not say the cluster's ${what}; refresh the stack and run again`);
  }
  return value;
}

/** URL of the API server inside the VPC; there is no other. */
export const serverOf = ({ connections }: ManagedKubernetes): pulumi.Output<string> =>
  connections.apply(({ apiServerIntranet }) => said(apiServerIntranet, "private endpoint"));

/** RAM's view of the cluster, from which pods get their roles (RRSA). */
export const identityProviderOf = ({ rrsaMetadata }: ManagedKubernetes): pulumi.Output<IdentityProvider> =>
  rrsaMetadata.apply(({ ramOidcProviderArn, rrsaOidcIssuerUrl }) => ({
    arn: said(ramOidcProviderArn, "OIDC provider"),
    issuer: said(rrsaOidcIssuerUrl, "OIDC issuer"),
  }));
