import type * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import type { KubernetesClusterArgs } from "../../tencentcloud/tke.ts";
import type { ClusterLogs } from "./logs.ts";
import type { TkeNetwork } from "./network.ts";
import type { TkeSettings } from "./settings.ts";

/** The audience that CAM requires of a ServiceAccount's token. */
export const identityAudience = "sts.cloud.tencent.com";

/**
 * Properties that the cloud may answer with other values than it was given, or without being given any. The provider
 * compares each with a value of its own (256 pods a node, an image's name), and would have the cluster replaced for
 * the second and third, which `protect` refuses: then no update passes any more. The first is a level that TKE raises
 * by itself.
 */
export const answeredByTheCloud = ["clusterLevel", "clusterIpvs", "clusterMaxPodNum", "clusterOs"];

/** The managed control plane. Its address is another resource, and so are its nodes. */
export function clusterArgs(
  settings: TkeSettings,
  network: TkeNetwork,
  logs: ClusterLogs,
): KubernetesClusterArgs {
  const { name, version, level, network: networkSettings } = settings;
  return {
    clusterName: name,
    clusterDesc: "OpenClaw tenants",
    clusterVersion: version,
    clusterDeployType: "MANAGED_CLUSTER",
    clusterLevel: level,
    autoUpgradeClusterLevel: true,
    containerRuntime: "containerd",
    vpcId: network.vpcId,
    networkType: "VPC-CNI",
    vpcCniType: "tke-route-eni",
    isNonStaticIpMode: true,
    eniSubnetIds: network.podSubnetIds,
    // Network policies come with it, in the kernel and without an add-on; it replaces kube-proxy.
    dataPlaneV2: true,
    // kube-proxy's IPVS and Dataplane V2 exclude each other, and the provider asks for IPVS unless it is told not to.
    clusterIpvs: false,
    serviceCidr: networkSettings.serviceCidr,
    clusterMaxServiceNum: addressesOf(networkSettings.serviceCidr),
    deletionProtection: true,
    resourceDeleteOptions: [{ resourceType: "CBS", deleteMode: "retain" }],
    logAgent: { enabled: true },
    clusterAudit: { ...destination(logs.logSetId, logs.auditTopicId), deleteAuditLogAndTopic: false },
    eventPersistence: { ...destination(logs.logSetId, logs.eventTopicId), deleteEventLogAndTopic: false },
    tags: cloudTags(),
  };
}

const destination = (logSetId: pulumi.Output<string>, topicId: pulumi.Output<string>) => ({
  enabled: true as const,
  logSetId,
  topicId,
});

/** TKE takes 32 to 32,768 Services. */
const addressesOf = (cidr: string): number =>
  Math.min(32_768, Math.max(32, 2 ** (32 - Number(cidr.slice(cidr.indexOf("/") + 1)))));
