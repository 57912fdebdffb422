import type * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { ClsLogset, ClsTopic } from "../../tencentcloud/cls.ts";
import type { CloudResourceOptions } from "../../tencentcloud/resource.ts";
import type { TkeSettings } from "./settings.ts";

/** Logset and topics of the API server's audit log and of the cluster's events. */
export interface ClusterLogs {
  readonly logSetId: pulumi.Output<string>;
  readonly auditTopicId: pulumi.Output<string>;
  readonly eventTopicId: pulumi.Output<string>;
}

/** Topics of our own: those that TKE makes by itself go with the cluster, and an audit log must not. */
export function createLogs(
  name: string,
  { name: cluster, audit: { retentionDays: period } }: TkeSettings,
  opts: CloudResourceOptions,
): ClusterLogs {
  const tags = cloudTags();
  const kept = { ...opts, protect: true, retainOnDelete: true };
  const set = new ClsLogset(`${name}-logs`, { logsetName: cluster, tags }, kept);
  const topic = (topicName: string) =>
    new ClsTopic(`${name}-logs-${topicName}`, { topicName, logsetId: set.id, period, tags }, kept).id;
  return { logSetId: set.id, auditTopicId: topic("audit"), eventTopicId: topic("events") };
}
