import type { ResourceRule, StackResource, StackRule, StackViolation } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, isNot, shown } from "../values.ts";

/** Resources that are a public address and nothing else. */
const publicAddresses: readonly string[] = [
  alicloud.rdsConnection,
  alicloud.rdsEndpointAddress,
  alicloud.redisConnection,
];

export const noPublicDatabase: ResourceRule = {
  name: "no-public-database",
  description: "Databases and caches are reached from inside the VPC only.",
  check: ({ type, props }) => {
    if (publicAddresses.includes(type)) {
      return ["this resource is a public address: remove it, and use the instance's own, private one"];
    }
    switch (type) {
      case alicloud.rdsProxyPublic:
        return ["this resource opens the database proxy to the internet: remove it"];
      case alicloud.redisInstance:
        return isNot(at(props, "enablePublic"), undefined, false)
          ? ["enablePublic gives the instance a public address: leave it out"]
          : [];
      case tencentcloud.postgresqlInstance:
        return isNot(at(props, "publicAccessSwitch"), undefined, false)
          ? ["publicAccessSwitch gives the instance a public address: write false"]
          : [];
      case tencentcloud.redisInstance:
        return [
          ...(isNot(at(props, "wanAddressSwitch"), undefined, "close")
            ? ['wanAddressSwitch gives the instance a public address: write "close"']
            : []),
          ...(isNot(at(props, "noAuth"), undefined, false)
            ? ["noAuth lets everybody in without a password: leave it out"]
            : []),
        ];
      default:
        return [];
    }
  },
};

/** A property that switches TLS on. */
const tlsProperties: Readonly<Record<string, { readonly property: string; readonly on: string }>> = {
  [alicloud.rdsInstance]: { property: "sslAction", on: "Open" },
  [alicloud.tairInstance]: { property: "sslEnabled", on: "Enable" },
  [alicloud.redisInstance]: { property: "sslEnable", on: "Enable" },
};

/** A resource that switches TLS on for the instance it names. */
const tlsResources: Readonly<
  Record<string, { readonly type: string; readonly property: string; readonly on: string | boolean }>
> = {
  [tencentcloud.postgresqlInstance]: {
    type: tencentcloud.postgresqlInstanceSslConfig,
    property: "sslEnabled",
    on: true,
  },
  [tencentcloud.redisInstance]: { type: tencentcloud.redisSsl, property: "sslConfig", on: "enabled" },
};

export const databaseTls: StackRule = {
  name: "database-tls",
  description: "Databases and caches speak TLS.",
  checkStack: (resources) => resources.flatMap((resource) => tlsViolations(resource, resources)),
};

function tlsViolations(resource: StackResource, resources: readonly StackResource[]): StackViolation[] {
  const inline = tlsProperties[resource.type];
  if (inline !== undefined) {
    const value = at(resource.props, inline.property);
    const message = `${inline.property} is ${shown(value)}: write ${shown(inline.on)}`;
    return isNot(value, inline.on) ? [{ resource, message }] : [];
  }
  const beside = tlsResources[resource.type];
  if (beside === undefined) {
    return [];
  }
  const isOn = resources.some(
    ({ type, props, dependsOn }) =>
      type === beside.type &&
      dependsOn.includes(resource.name) &&
      !isNot(at(props, beside.property), beside.on),
  );
  const name = beside.type.split(":").at(-1);
  const message = `TLS is off: add a ${name} of this instance with ${beside.property}: ${shown(beside.on)}`;
  return isOn ? [] : [{ resource, message }];
}
