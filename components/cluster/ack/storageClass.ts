import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../kubernetesObject.ts";
import { managedBy, managedByLabel } from "../../labels.ts";

/** The StorageClass that `openclaw:instance.storageClass` may name. ACK's own classes make disks that are not encrypted. */
const storageClassName = "openclaw-essd";

type StorageClass = Manifest & Pick<k8s.types.input.storage.v1.StorageClass, "provisioner" | "parameters">;

/** Encrypted ESSD disks that grow with the plan, in the zone where the pod is. */
export function storageClassSpec(keyId: pulumi.Input<string>) {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: storageClassName, labels: { [managedByLabel]: managedBy } },
    provisioner: "diskplugin.csi.alibabacloud.com",
    parameters: { type: "cloud_essd", performanceLevel: "PL0", encrypted: "true", kmsKeyId: keyId },
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
  } satisfies StorageClass & Record<string, unknown>;
}
