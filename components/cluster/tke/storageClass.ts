import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../../kubernetesObject.ts";
import { managedBy, managedByLabel } from "../../labels.ts";

/** The StorageClass that `openclaw:instance.storageClass` may name. */
const storageClassName = "openclaw-encrypted";

/**
 * Encrypted disks that grow with the plan, in the zone where the pod is. Parameters as of Tencent's CSI driver
 * (https://github.com/TencentCloud/kubernetes-csi-tencentcloud/blob/master/docs/README_CBS.md), which takes the
 * account's own key for disks; it has no parameter for another. CLOUD_PREMIUM is the type that starts at the 10 GiB of the
 * smallest plan.
 */
export function storageClassSpec(): ManifestOf<k8s.types.input.storage.v1.StorageClass> {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: storageClassName, labels: { [managedByLabel]: managedBy } },
    provisioner: "com.tencent.cloud.csi.cbs",
    parameters: { diskType: "CLOUD_PREMIUM", diskChargeType: "POSTPAID_BY_HOUR", encrypt: "ENCRYPT" },
    reclaimPolicy: "Delete",
    allowVolumeExpansion: true,
    volumeBindingMode: "WaitForFirstConsumer",
  };
}
