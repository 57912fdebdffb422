import { isEverybody, parseCidr } from "../cidr.ts";
import type { ResourceRule } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, type Fields, isFields, type Value } from "../values.ts";

/** Routes name where packets go, not who may send them. */
const routes: readonly string[] = [alicloud.routeEntry, tencentcloud.routeTableEntry];

/** Text about a resource. */
const prose: readonly string[] = ["description", "comment", "remark", "tags"];

const refusals = /^(drop|deny|refuse|reject)$/i;

/**
 * Every property of every cloud resource is looked at, whatever it is called: whitelists and rules have dozens of
 * names, and one that a list of names lacked would be open. Kubernetes' network policies have a rule of their own.
 */
export const noOpenCidr: ResourceRule = {
  name: "no-open-cidr",
  description: "No security-group rule, whitelist or access list admits the whole internet.",
  check: ({ type, props }) =>
    /^(kubernetes|pulumi):/.test(type) || routes.includes(type)
      ? []
      : openNetworks(props).map(
          ({ path, network }) =>
            `${path} is ${network}, which is everybody: name the networks that are meant`,
        ),
};

interface OpenNetwork {
  /** `ingress[0].cidrBlock` */
  readonly path: string;
  readonly network: string;
}

function openNetworks(value: Value, path = ""): readonly OpenNetwork[] {
  if (typeof value === "string") {
    return networksIn(value).map((network) => ({ path, network }));
  }
  if (Array.isArray(value)) {
    return value.flatMap((each: Value, index) => openNetworks(each, `${path}[${index}]`));
  }
  if (!isFields(value) || isRefusal(value)) {
    return [];
  }
  return Object.entries(value)
    .filter(([key]) => !prose.includes(key))
    .flatMap(([key, each]) => openNetworks(each, path === "" ? key : `${path}.${key}`));
}

/** A rule that refuses everybody is how a list of rules ends. */
function isRefusal(rule: Fields): boolean {
  return ["policy", "action"].some((key) => {
    const value = at(rule, key);
    return typeof value === "string" && refusals.test(value);
  });
}

/** Whitelists come as `10.0.0.0/8,0.0.0.0/0`, Tencent's short rules as `ACCEPT#0.0.0.0/0#443#TCP`. */
function networksIn(text: string): readonly string[] {
  const parts = text.split(/[,#]/).map((part) => part.trim());
  if (refusals.test(parts[0] ?? "")) {
    return [];
  }
  return parts.filter((part) => {
    const cidr = parseCidr(part);
    // A whitelist takes the address alone for its network.
    return part === "0.0.0.0" || part === "::" || (cidr !== undefined && isEverybody(cidr));
  });
}
