import { kindOf } from "../kubernetes.ts";
import type { PolicyResource, ResourceRule } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, isNot, items, shown, type Value } from "../values.ts";

export const encryptedDisk: ResourceRule = {
  name: "encrypted-disk",
  description: "Every disk is encrypted: of nodes, databases and volumes.",
  check: (resource) =>
    disksOf(resource)
      .filter(({ value, encrypted }) => isNot(value, ...encrypted))
      .map(({ path, value, encrypted }) => `${path} is ${shown(value)}: write ${shown(encrypted[0])}`),
};

interface Disk {
  readonly path: string;
  /** The property that says whether it is encrypted. */
  readonly value: Value;
  /** Values that say so. */
  readonly encrypted: readonly Value[];
}

function disksOf(resource: PolicyResource): readonly Disk[] {
  const { type, props } = resource;
  const one = (encrypted: readonly Value[], ...path: readonly string[]): Disk => ({
    path: path.join("."),
    value: at(props, ...path),
    encrypted,
  });
  const each = (encrypted: readonly Value[], property: string, ...path: readonly string[]): readonly Disk[] =>
    items(at(props, ...path)).map((disk, index) => ({
      path: `${path.join(".")}[${index}].${property}`,
      value: at(disk, property),
      encrypted,
    }));
  switch (type) {
    case alicloud.instance:
      return [one([true], "systemDiskEncrypted"), ...each([true], "encrypted", "dataDisks")];
    case alicloud.nodePool:
      return [one([true], "systemDiskEncrypted"), ...each(["true"], "encrypted", "dataDisks")];
    case alicloud.launchTemplate:
      return [one([true], "systemDisk", "encrypted"), ...each([true], "encrypted", "dataDisks")];
    case alicloud.disk:
    case alicloud.ecsDisk:
      return [one([true], "encrypted")];
    case alicloud.fileSystem:
      // 1: a key of the service; 2: one of KMS.
      return [one([2, 1], "encryptType")];
    case alicloud.rdsInstance:
      return databaseDisk(props.encryptionKey);
    case tencentcloud.cbsStorage:
      return [one([true], "encrypt")];
    case tencentcloud.instance:
      return each([true], "encrypt", "dataDisks");
    case tencentcloud.kubernetesNodePool:
      return each([true], "encrypt", "autoScalingConfig", "dataDisks");
    case tencentcloud.kubernetesNativeNodePool:
      return [
        one(["ENCRYPT"], "native", "systemDisk", "encrypt"),
        ...each(["ENCRYPT"], "encrypt", "native", "dataDisks"),
      ];
    case tencentcloud.postgresqlInstance:
      return [one([1], "needSupportTde")];
    default:
      return kindOf(resource) === "StorageClass" ? volumes(props.provisioner, one) : [];
  }
}

const noKey: readonly Value[] = [undefined, "", "disabled"];

/** Any key will do: `ServiceKey` is the service's own. */
function databaseDisk(key: Value): readonly Disk[] {
  return noKey.includes(key) ? [{ path: "encryptionKey", value: key, encrypted: ["ServiceKey"] }] : [];
}

/** Disks that a CSI driver makes of claims. File systems (NAS, CFS) are encrypted where they are made. */
function volumes(
  provisioner: Value,
  one: (encrypted: readonly Value[], ...path: readonly string[]) => Disk,
): readonly Disk[] {
  switch (provisioner) {
    case "diskplugin.csi.alibabacloud.com":
      return [one(["true"], "parameters", "encrypted")];
    case "com.tencent.cloud.csi.cbs":
      return [one(["ENCRYPT"], "parameters", "encrypt")];
    default:
      return [];
  }
}
