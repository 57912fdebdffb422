import { Provider as AlicloudProvider } from "@pulumi/alicloud/provider.js";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { KubernetesObject } from "../kubernetesObject.ts";
import { createAddons } from "./ack/addons.ts";
import { createAuditProject } from "./ack/audit.ts";
import { createControlPlane, identityProviderOf, serverOf } from "./ack/controlPlane.ts";
import { encryptionKey } from "./ack/encryption.ts";
import { kubeconfig } from "./ack/kubeconfig.ts";
import { warnOfOtherNatGateways } from "./ack/natGateways.ts";
import { createNetwork, type Network } from "./ack/network.ts";
import { createNodePools } from "./ack/nodePools.ts";
import type { AckSettings } from "./ack/settings.ts";
import { storageClassSpec } from "./ack/storageClass.ts";
import type { AlibabaCloud, CloudKey, IdentityProvider } from "./cloud.ts";
import type { Cluster } from "./cluster.ts";
import type { AckConnection } from "./connection.ts";
import { clusterProvider } from "./provider.ts";

/** An ACK Pro cluster with everything it stands on. Its API server has no public address. */
export class AckCluster extends pulumi.ComponentResource implements Cluster {
  readonly kind = "ack";
  readonly name: string;
  readonly provider: k8s.Provider;
  readonly connection: pulumi.Output<AckConnection>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly cloud: AlibabaCloud;

  constructor(name: string, settings: AckSettings) {
    super("openclaw:cluster:AckCluster", name, {}, {});
    this.name = settings.name;
    const provider = alicloudProvider(settings.region, { parent: this });
    const place = { name, parent: this, provider };

    const network = createNetwork(place, settings);
    const key = encryptionKey(place, settings);
    const audit = createAuditProject(place, settings);
    const cluster = createControlPlane(place, settings, { network, key, audit });
    warnOfOtherNatGateways(place, network, cluster);
    const nodePools = createNodePools(place, settings, { network, key, cluster });
    const addons = createAddons(place, cluster, nodePools);

    this.connection = pulumi
      .all([cluster.id, serverOf(cluster)])
      .apply(([clusterId, server]) => connectionTo(settings, clusterId, server));
    this.kubeconfig = kubeconfig(this.connection, provider);
    this.provider = clusterProvider(
      settings.name,
      { kubeconfig: this.kubeconfig },
      { dependsOn: [...nodePools, ...addons] },
    );
    this.cloud = cloudOf(settings, provider, { network, key, identityProvider: identityProviderOf(cluster) });
    KubernetesObject.register(`${name}-storage-class`, storageClassSpec(key.id), {
      parent: this,
      provider: this.provider,
    });
    this.registerOutputs({ connection: this.connection });
  }
}

/** The cluster for a stack that did not make it. */
export function connectAck(connection: AckConnection): Cluster {
  const { name, region } = connection;
  const provider = alicloudProvider(region);
  const credential = kubeconfig(connection, provider);
  return {
    kind: "ack",
    name,
    connection,
    kubeconfig: credential,
    provider: clusterProvider(name, { kubeconfig: credential }),
    cloud: { kind: "alicloud", region, provider },
  };
}

/** Its credentials are those of whoever runs Pulumi: environment, OIDC of CI, or a profile. None is in a setting. */
const alicloudProvider = (region: string, opts: pulumi.CustomResourceOptions = {}): AlicloudProvider =>
  new AlicloudProvider("alicloud", { region }, opts);

const connectionTo = ({ name, region }: AckSettings, clusterId: string, server: string): AckConnection => ({
  kind: "ack",
  name,
  region,
  clusterId,
  server,
});

function cloudOf(
  { region, network: { zones } }: AckSettings,
  provider: pulumi.ProviderResource,
  made: { network: Network; key: CloudKey; identityProvider: pulumi.Output<IdentityProvider> },
): AlibabaCloud {
  const { network, key, identityProvider } = made;
  return {
    kind: "alicloud",
    region,
    provider,
    site: {
      vpcId: network.vpc.id,
      subnets: network.zones.map(({ zone, nodes }) => ({ zone, id: nodes.id })),
      nodeCidrs: zones.map(({ nodes }) => nodes),
      clientCidrs: zones.flatMap(({ nodes, pods }) => [nodes, pods]),
      egressAddresses: network.egress.map(({ ipAddress }) => ipAddress),
      encryptionKey: key,
      identityProvider,
    },
  };
}
