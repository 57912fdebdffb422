import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package.ts";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";
import { functionToken } from "./tokens.ts";

type Text = pulumi.Input<string>;

/** The logset and topic of one sort of logs in CLS. */
export interface LogDestination {
  readonly enabled: true;
  readonly logSetId: Text;
  readonly topicId: Text;
}

export interface KubernetesClusterArgs extends Tagged {
  readonly clusterName: Text;
  readonly clusterDesc: Text;
  readonly clusterVersion: Text;
  readonly clusterDeployType: "MANAGED_CLUSTER";
  readonly clusterLevel: string;
  readonly autoUpgradeClusterLevel: boolean;
  readonly containerRuntime: "containerd";
  readonly vpcId: Text;
  readonly networkType: "VPC-CNI";
  readonly vpcCniType: "tke-route-eni";
  readonly isNonStaticIpMode: boolean;
  readonly eniSubnetIds: readonly Text[];
  readonly dataPlaneV2: boolean;
  /** True where it is left out. */
  readonly clusterIpvs: false;
  readonly serviceCidr: Text;
  readonly clusterMaxServiceNum: number;
  readonly deletionProtection: boolean;
  readonly resourceDeleteOptions: readonly { readonly resourceType: "CBS"; readonly deleteMode: "retain" }[];
  readonly logAgent: { readonly enabled: true };
  readonly clusterAudit: LogDestination & { readonly deleteAuditLogAndTopic: boolean };
  readonly eventPersistence: LogDestination & { readonly deleteEventLogAndTopic: boolean };
}

/** The provider keeps the administrator's credentials among the properties of both. */
const clusterSecrets = ["certificationAuthority", "kubeConfig", "kubeConfigIntranet", "password", "userName"];

export class KubernetesCluster extends CloudResource {
  constructor(name: string, args: KubernetesClusterArgs, opts: CloudResourceOptions) {
    super("kubernetes_cluster", name, args, opts, { secrets: clusterSecrets });
  }
}

export interface KubernetesClusterEndpointArgs {
  readonly clusterId: Text;
  readonly clusterInternet: boolean;
  readonly clusterIntranet: boolean;
  readonly clusterIntranetSubnetId: Text;
}

export class KubernetesClusterEndpoint extends CloudResource {
  declare readonly clusterId: pulumi.Output<string>;

  constructor(name: string, args: KubernetesClusterEndpointArgs, opts: CloudResourceOptions) {
    super("kubernetes_cluster_endpoint", name, args, opts, { secrets: clusterSecrets });
  }
}

export interface KubernetesAuthAttachmentArgs {
  readonly clusterId: Text;
  readonly useTkeDefault: boolean;
  readonly autoCreateDiscoveryAnonymousAuth: boolean;
  readonly autoCreateOidcConfig: boolean;
  readonly autoCreateClientIds: readonly string[];
  readonly autoInstallPodIdentityWebhookAddon: boolean;
}

export class KubernetesAuthAttachment extends CloudResource {
  declare readonly tkeDefaultIssuer: pulumi.Output<string>;

  constructor(name: string, args: KubernetesAuthAttachmentArgs, opts: CloudResourceOptions) {
    super("kubernetes_auth_attachment", name, args, opts, { outputs: ["tkeDefaultIssuer"] });
  }
}

export interface KubernetesEncryptionProtectionArgs {
  readonly clusterId: Text;
  readonly kmsConfiguration: { readonly keyId: Text; readonly kmsRegion: Text };
}

export class KubernetesEncryptionProtection extends CloudResource {
  constructor(name: string, args: KubernetesEncryptionProtectionArgs, opts: CloudResourceOptions) {
    super("kubernetes_encryption_protection", name, args, opts);
  }
}

/** Encrypted with a key of KMS: neither can be changed once there is a pool. */
export interface NodeSystemDisk {
  readonly diskType: string;
  /** GiB. */
  readonly diskSize: number;
  readonly encrypt: "ENCRYPT";
  readonly kmsKeyId: Text;
}

export interface NodeDataDisk extends NodeSystemDisk {
  readonly autoFormatAndMount: boolean;
  readonly fileSystem: "ext4";
  readonly mountTarget: string;
}

interface NameAndValue {
  readonly name: string;
  readonly value: string;
}

export interface KubernetesNativeNodePoolArgs {
  readonly clusterId: Text;
  readonly name: Text;
  readonly type: "Native";
  readonly deletionProtection: boolean;
  readonly labels: readonly NameAndValue[];
  readonly taints: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: "NoSchedule";
  }[];
  readonly tags: readonly {
    readonly resourceType: "machine";
    readonly tags: readonly { readonly key: string; readonly value: string }[];
  }[];
  readonly native: {
    readonly instanceChargeType: "POSTPAID_BY_HOUR";
    readonly instanceTypes: readonly string[];
    readonly subnetIds: readonly Text[];
    readonly securityGroupIds: readonly Text[];
    readonly scaling: {
      readonly minReplicas: number;
      readonly maxReplicas: number;
      readonly createPolicy: "ZoneEquality";
    };
    /** Nodes at creation. Zero where it is left out, whatever `scaling` says. */
    readonly replicas: number;
    readonly enableAutoscaling: boolean;
    readonly autoRepair: boolean;
    /** Flags of the kubelet, `pod-max-pids=4096`. */
    readonly kubeletArgs: readonly string[];
    readonly systemDisk: NodeSystemDisk;
    readonly dataDisks: readonly NodeDataDisk[];
  };
}

export class KubernetesNativeNodePool extends CloudResource {
  constructor(name: string, args: KubernetesNativeNodePoolArgs, opts: CloudResourceOptions) {
    super("kubernetes_native_node_pool", name, args, opts);
  }
}

export interface KubernetesAddonArgs {
  readonly clusterId: Text;
  readonly addonName: string;
}

export class KubernetesAddon extends CloudResource {
  constructor(name: string, args: KubernetesAddonArgs, opts: CloudResourceOptions) {
    super("kubernetes_addon", name, args, opts);
  }
}

export interface KubernetesMaintenanceWindowArgs {
  readonly clusterId: Text;
  /** `hh:mm:ss`. */
  readonly maintenanceTime: string;
  /** Hours. */
  readonly duration: number;
  /** `MO` to `SU`. */
  readonly dayOfWeeks: readonly string[];
}

export class KubernetesMaintenanceWindow extends CloudResource {
  constructor(name: string, args: KubernetesMaintenanceWindowArgs, opts: CloudResourceOptions) {
    super("kubernetes_cluster_maintenance_window_and_exclusion", name, args, opts);
  }
}

export interface KubernetesClusters {
  readonly lists: readonly { readonly kubeConfigIntranet: string }[];
}

/** The clusters of this id: one, or none where there is none. Holds credentials: a secret. */
export function getKubernetesClustersOutput(
  args: { readonly clusterId: Text },
  opts: { readonly provider: pulumi.ProviderResource; readonly parent?: pulumi.Resource },
): pulumi.Output<KubernetesClusters> {
  const token = functionToken("kubernetes_clusters");
  return pulumi.secret(
    pulumi.runtime.invokeOutput<KubernetesClusters>(token, { ...args }, opts, packageReference()),
  );
}
