import { isEverybody, parseCidr } from "../../lib/cidr.ts";
import type { ResourceRule } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, type Fields, isFields, type Value } from "../values.ts";

/** Routes name where packets go, not who may send them. */
const routes: readonly string[] = [alicloud.routeEntry, tencentcloud.routeTableEntry];

/** Text about a resource. */
const prose: readonly string[] = ["description", "comment", "remark", "tags"];

const refusals = /^(drop|deny|refuse|reject)$/i;

/** TCP 80 and 443, as Alibaba (`443/443`) and Tencent (`80,443`) write them: what browsers reach the edge by. */
const webPorts = /^((80|443)(\/\2)?)(,(80|443))*$/;

/**
 * Every property of every cloud resource is looked at, whatever it is called: whitelists and rules have dozens of
 * names, and one that a list of names lacked would be open. Kubernetes' network policies have a rule of their own.
 *
 * Rules of security groups may name the whole internet where it is no way in (outbound rules: tenants' pods are kept in
 * by their network policies) and where it is the way in (TCP 80 and 443: no node has a public address, so only a load
 * balancer can be reached by it).
 */
export const noOpenCidr: ResourceRule = {
  name: "no-open-cidr",
  description:
    "No security-group rule, whitelist or access list admits the whole internet, but to the web's ports.",
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
  if (!isFields(value) || isRefusal(value) || isOutbound(value) || isForBrowsers(value)) {
    return [];
  }
  return Object.entries(value)
    .filter(([key]) => !prose.includes(key) && !outbound.includes(key))
    .flatMap(([key, each]) => openNetworks(each, path === "" ? key : `${path}.${key}`));
}

/** A rule that refuses everybody is how a list of rules ends. */
function isRefusal(rule: Fields): boolean {
  return ["policy", "action"].some((key) => {
    const value = at(rule, key);
    return typeof value === "string" && refusals.test(value);
  });
}

/** Lists of outbound rules. */
const outbound: readonly Value[] = ["egress", "egresses"];

/** Alibaba's rules have their direction in `type`. */
const isOutbound = (rule: Fields): boolean => outbound.includes(at(rule, "type"));

function isForBrowsers(rule: Fields): boolean {
  const protocol = at(rule, "protocol") ?? at(rule, "ipProtocol");
  const ports = at(rule, "port") ?? at(rule, "portRange");
  return isTcp(protocol) && typeof ports === "string" && webPorts.test(ports);
}

const isTcp = (protocol: Value): boolean => typeof protocol === "string" && protocol.toLowerCase() === "tcp";

/** Whitelists come as `10.0.0.0/8,0.0.0.0/0`, Tencent's short rules as `ACCEPT#0.0.0.0/0#443#TCP`. */
function networksIn(text: string): readonly string[] {
  const [action = "", , ports = "", protocol = ""] = text.split("#");
  if (refusals.test(action) || (isTcp(protocol) && webPorts.test(ports))) {
    return [];
  }
  const parts = text.split(/[,#]/).map((part) => part.trim());
  return parts.filter((part) => {
    const cidr = parseCidr(part);
    // A whitelist takes the address alone for its network.
    return part === "0.0.0.0" || part === "::" || (cidr !== undefined && isEverybody(cidr));
  });
}
