import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { KubernetesObject } from "../kubernetesObject.ts";
import { TencentCloudProvider } from "../tencentcloud/provider.ts";
import type { CloudResourceOptions } from "../tencentcloud/resource.ts";
import {
  KubernetesAddon,
  KubernetesAuthAttachment,
  KubernetesCluster,
  KubernetesClusterEndpoint,
  KubernetesEncryptionProtection,
  KubernetesMaintenanceWindow,
} from "../tencentcloud/tke.ts";
import type { CloudKey, CloudSite, TencentCloud } from "./cloud.ts";
import type { Cluster } from "./cluster.ts";
import type { TkeConnection } from "./connection.ts";
import { clusterProvider } from "./provider.ts";
import { answeredByTheCloud, clusterArgs, identityAudience } from "./tke/controlPlane.ts";
import { createKey } from "./tke/encryption.ts";
import { privateKubeconfig } from "./tke/kubeconfig.ts";
import { createLogs } from "./tke/logs.ts";
import { createNetwork, type TkeNetwork } from "./tke/network.ts";
import { createNodePools } from "./tke/nodePools.ts";
import type { TkeSettings } from "./tke/settings.ts";
import { storageClassSpec } from "./tke/storageClass.ts";

/**
 * A cluster of Tencent Kubernetes Engine with what it stands on: network, nodes, key and logs. Its API server has an
 * address in the VPC and no other, so that whoever runs Pulumi must be in the VPC too.
 */
export class TkeCluster extends pulumi.ComponentResource implements Cluster {
  readonly kind = "tke";
  readonly name: string;
  readonly provider: k8s.Provider;
  readonly connection: pulumi.Output<TkeConnection>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly cloud: TencentCloud;

  /** The prefix of its parts' names. */
  private readonly prefix: string;
  private readonly settings: TkeSettings;
  private readonly opts: CloudResourceOptions;

  constructor(prefix: string, settings: TkeSettings) {
    super("openclaw:cluster:TkeCluster", prefix);
    this.prefix = prefix;
    this.settings = settings;
    this.name = settings.name;
    const provider = tencentCloudProvider(settings, { parent: this });
    this.opts = { parent: this, provider };

    const network = createNetwork(prefix, settings, this.opts);
    const key = createKey(prefix, settings, this.opts);
    const cluster = this.createControlPlane(network);
    const encryption = this.encryptSecrets(cluster.id, key);
    const identity = this.createPodIdentity(cluster.id, encryption);
    const pools = createNodePools(
      prefix,
      settings,
      { clusterId: cluster.id, network, keyId: key.id },
      { ...this.opts, dependsOn: [identity, network.wayOut] },
    );
    const endpoint = this.createEndpoint(cluster.id, network, pools);
    this.createAddons(cluster.id, pools);
    this.createMaintenanceWindow(cluster.id, pools);

    this.kubeconfig = privateKubeconfig(endpoint.clusterId, this.opts);
    this.provider = clusterProvider(this.name, { kubeconfig: this.kubeconfig }, { parent: this });
    this.connection = cluster.id.apply((clusterId) => connectionTo(settings, clusterId));
    this.cloud = {
      kind: "tencentcloud",
      region: settings.region,
      account: settings.account,
      provider,
      site: siteOf(settings, { network, key, clusterId: cluster.id, identity }),
    };
    KubernetesObject.register(`${prefix}-storage-class`, storageClassSpec(), {
      parent: this,
      provider: this.provider,
    });
    this.registerOutputs({ connection: this.connection });
  }

  private createControlPlane(network: TkeNetwork): KubernetesCluster {
    const logs = createLogs(this.prefix, this.settings, this.opts);
    return new KubernetesCluster(`${this.prefix}-cluster`, clusterArgs(this.settings, network, logs), {
      ...this.opts,
      protect: true,
      ignoreChanges: answeredByTheCloud,
    });
  }

  /** Secrets are encrypted in etcd. */
  private encryptSecrets(clusterId: pulumi.Output<string>, key: CloudKey): KubernetesEncryptionProtection {
    return new KubernetesEncryptionProtection(
      `${this.prefix}-encryption`,
      { clusterId, kmsConfiguration: { keyId: key.id, kmsRegion: this.settings.region } },
      { ...this.opts, protect: true },
    );
  }

  /** The cluster vouches for its ServiceAccounts, and CAM believes it. Each of these steps restarts the API server. */
  private createPodIdentity(
    clusterId: pulumi.Output<string>,
    previous: pulumi.Resource,
  ): KubernetesAuthAttachment {
    return new KubernetesAuthAttachment(
      `${this.prefix}-pod-identity`,
      {
        clusterId,
        useTkeDefault: true,
        autoCreateOidcConfig: true,
        autoCreateClientIds: [identityAudience],
        autoInstallPodIdentityWebhookAddon: true,
        // Two documents with public keys; CAM reads them without credentials.
        autoCreateDiscoveryAnonymousAuth: true,
      },
      { ...this.opts, dependsOn: previous },
    );
  }

  /** The API server's endpoint, in the VPC only. TKE opens it once there are nodes. */
  private createEndpoint(
    clusterId: pulumi.Output<string>,
    { nodeSubnets: [first] }: TkeNetwork,
    dependsOn: pulumi.Resource[],
  ): KubernetesClusterEndpoint {
    if (first === undefined) {
      throw new Error("a cluster needs a zone");
    }
    return new KubernetesClusterEndpoint(
      `${this.prefix}-endpoint`,
      { clusterId, clusterInternet: false, clusterIntranet: true, clusterIntranetSubnetId: first.id },
      { ...this.opts, dependsOn },
    );
  }

  private createAddons(clusterId: pulumi.Output<string>, dependsOn: pulumi.Resource[]): void {
    for (const addonName of this.settings.addons) {
      const name = `${this.prefix}-addon-${addonName}`;
      new KubernetesAddon(name, { clusterId, addonName }, { ...this.opts, dependsOn });
    }
  }

  private createMaintenanceWindow(clusterId: pulumi.Output<string>, dependsOn: pulumi.Resource[]): void {
    const { start: maintenanceTime, hours: duration, days: dayOfWeeks } = this.settings.maintenance;
    new KubernetesMaintenanceWindow(
      `${this.prefix}-maintenance`,
      { clusterId, maintenanceTime, duration, dayOfWeeks },
      { ...this.opts, dependsOn },
    );
  }
}

/** The cluster for a stack that did not make it. */
export function connectTke(connection: TkeConnection): Cluster {
  const { name, region, account, clusterId } = connection;
  const provider = tencentCloudProvider(connection, {});
  const kubeconfig = privateKubeconfig(clusterId, { provider });
  return {
    kind: "tke",
    name,
    connection,
    kubeconfig,
    provider: clusterProvider(name, { kubeconfig }),
    cloud: { kind: "tencentcloud", region, account, provider },
  };
}

const tencentCloudProvider = (
  { region, account }: Pick<TkeConnection, "region" | "account">,
  opts: pulumi.ResourceOptions,
): TencentCloudProvider => new TencentCloudProvider("tencentcloud", { region, account }, opts);

const connectionTo = ({ name, region, account }: TkeSettings, clusterId: string): TkeConnection => ({
  kind: "tke",
  name,
  region,
  account,
  clusterId,
});

function siteOf(
  { account, network: { zones } }: TkeSettings,
  made: {
    readonly network: TkeNetwork;
    readonly key: CloudKey;
    readonly clusterId: pulumi.Output<string>;
    readonly identity: KubernetesAuthAttachment;
  },
): CloudSite {
  const { network, key, clusterId, identity } = made;
  return {
    vpcId: network.vpcId,
    subnets: network.nodeSubnets,
    nodeCidrs: zones.map(({ nodes }) => nodes),
    clientCidrs: zones.flatMap(({ nodes, pods }) => [nodes, pods]),
    egressAddresses: network.egressAddresses,
    encryptionKey: key,
    identityProvider: pulumi
      .all([clusterId, identity.tkeDefaultIssuer])
      // TKE names the identity provider after the cluster.
      .apply(([id, issuer]) => ({ arn: `qcs::cam::uin/${account.uin}:oidc-provider/${id}`, issuer })),
  };
}
