import type { ResourceRule } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, isNot, items, shown, type Value } from "../values.ts";

/** The path of the property with the kind of metadata service, by the type of the resource that makes machines. */
const metadataTokens: Readonly<Record<string, readonly string[]>> = {
  [alicloud.nodePool]: ["instanceMetadataOptions", "httpTokens"],
  [alicloud.instance]: ["httpTokens"],
  [alicloud.launchTemplate]: ["httpTokens"],
};

export const nodeMetadata: ResourceRule = {
  name: "node-metadata",
  description:
    "The metadata service of a node, which hands out its RAM role, answers requests with a token only.",
  check: ({ type, props }) => {
    const path = metadataTokens[type];
    if (path === undefined || !isNot(at(props, ...path), "required")) {
      return [];
    }
    return [`${path.join(".")} is ${shown(at(props, ...path))}: write "required"`];
  },
};

export const noPublicNode: ResourceRule = {
  name: "no-public-node",
  description: "No node has a public address; they reach the internet through the NAT gateway.",
  check: ({ type, props }) => {
    switch (type) {
      case alicloud.nodePool:
      case alicloud.instance:
      case alicloud.launchTemplate:
        return isMoreThanZero(at(props, "internetMaxBandwidthOut"))
          ? ["internetMaxBandwidthOut gives every node a public address: leave it out"]
          : [];
      case tencentcloud.kubernetesNativeNodePool:
        return items(at(props, "native", "internetAccessible")).length > 0
          ? ["native.internetAccessible gives every node a public address: leave it out"]
          : [];
      case tencentcloud.instance:
        return isNot(at(props, "allocatePublicIp"), undefined, false)
          ? ["allocatePublicIp gives the machine a public address: leave it out"]
          : [];
      default:
        return [];
    }
  },
};

const isMoreThanZero = (value: Value): boolean => typeof value === "number" && value > 0;
