import type { ResourceRule, StackResource, StackRule } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, isNot, shown } from "../values.ts";

export const privateCluster: ResourceRule = {
  name: "private-cluster",
  description: "The API server is reached from inside the VPC only.",
  check: ({ type, props }) => {
    switch (type) {
      case alicloud.managedKubernetes:
        // Both are true where they are not written.
        return [
          ...(isNot(at(props, "slbInternetEnabled"), false)
            ? [`slbInternetEnabled is ${shown(at(props, "slbInternetEnabled"))}: write false`]
            : []),
          ...(isNot(at(props, "newNatGateway"), false)
            ? [
                `newNatGateway is ${shown(at(props, "newNatGateway"))}: write false, and make a NAT gateway with ` +
                  "addresses that are known",
              ]
            : []),
        ];
      case tencentcloud.kubernetesCluster:
      case tencentcloud.kubernetesClusterEndpoint:
        return isNot(at(props, "clusterInternet"), undefined, false)
          ? ["clusterInternet opens the API server to the internet: write false"]
          : [];
      default:
        return [];
    }
  },
};

export const clusterAuditLog: ResourceRule = {
  name: "cluster-audit-log",
  description: "Every cluster keeps an audit log of its API server.",
  check: ({ type, props }) => {
    switch (type) {
      case alicloud.managedKubernetes:
        return isNot(at(props, "auditLogConfig", "enabled"), true)
          ? ["auditLogConfig.enabled is not true: write auditLogConfig: { enabled: true, slsProjectName }"]
          : [];
      case tencentcloud.kubernetesCluster:
        return isNot(at(props, "clusterAudit", "enabled"), true)
          ? ["clusterAudit.enabled is not true: write clusterAudit: { enabled: true, logSetId, topicId }"]
          : [];
      default:
        return [];
    }
  },
};

export const clusterSecretEncryption: StackRule = {
  name: "cluster-secret-encryption",
  description: "Every cluster encrypts its Secrets with a key of KMS.",
  checkStack: (resources) =>
    resources.flatMap((resource) =>
      secretEncryptionProblems(resource, resources).map((message) => ({ resource, message })),
    ),
};

function secretEncryptionProblems(
  { type, name, props }: StackResource,
  resources: readonly StackResource[],
): readonly string[] {
  switch (type) {
    case alicloud.managedKubernetes:
      return at(props, "encryptionProviderKey") === undefined || isNot(at(props, "disableEncryption"), false)
        ? ["Secrets are not encrypted: write encryptionProviderKey and disableEncryption: false, both"]
        : [];
    case tencentcloud.kubernetesCluster:
      return resources.some(
        (each) => each.type === tencentcloud.kubernetesEncryptionProtection && each.dependsOn.includes(name),
      )
        ? []
        : ["Secrets are not encrypted: add a KubernetesEncryptionProtection of this cluster with a KMS key"];
    default:
      return [];
  }
}
