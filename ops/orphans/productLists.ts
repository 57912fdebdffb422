import { z } from "zod";
import type { TencentApi } from "../tencentcloud/api.ts";
import { ApiError } from "../tencentcloud/api.ts";

/** The call by which a product lists its resources of one type. Source: models.go of each in tencentcloud-sdk-go. */
interface ProductList {
  readonly service: string;
  readonly version: string;
  readonly action: string;
  /** Narrows the list down, roughly: products match parts of names. */
  readonly narrowed: (name: string) => Readonly<Record<string, unknown>>;
  /** The path of the list in the answer, and the fields of its items. */
  readonly fields: {
    readonly list: string;
    readonly id: string;
    readonly name: string;
    readonly created: string;
  };
}

/** The lists by their types' names in Terraform. */
export const productLists = {
  postgresql_instance: {
    service: "postgres",
    version: "2017-03-12",
    action: "DescribeDBInstances",
    narrowed: (name) => ({ Filters: [{ Name: "db-instance-name", Values: [name] }] }),
    fields: { list: "DBInstanceSet", id: "DBInstanceId", name: "DBInstanceName", created: "CreateTime" },
  },
  redis_instance: {
    service: "redis",
    version: "2018-04-12",
    action: "DescribeInstances",
    narrowed: (name) => ({ SearchKeys: [name] }),
    fields: { list: "InstanceSet", id: "InstanceId", name: "InstanceName", created: "Createtime" },
  },
  kms_key: {
    service: "kms",
    version: "2019-01-18",
    action: "ListKeyDetail",
    narrowed: (name) => ({ SearchKeyAlias: name }),
    fields: { list: "KeyMetadatas", id: "KeyId", name: "Alias", created: "CreateTime" },
  },
  cls_logset: {
    service: "cls",
    version: "2020-10-16",
    action: "DescribeLogsets",
    narrowed: (name) => ({ Filters: [{ Key: "logsetName", Values: [name] }] }),
    fields: { list: "Logsets", id: "LogsetId", name: "LogsetName", created: "CreateTime" },
  },
  /** The node pools of the cluster with this id. */
  kubernetes_native_node_pool: {
    service: "tke",
    version: "2022-05-01",
    action: "DescribeNodePools",
    narrowed: (clusterId) => ({ ClusterId: clusterId }),
    fields: { list: "NodePools", id: "NodePoolId", name: "Name", created: "CreatedAt" },
  },
  cam_role: {
    service: "cam",
    version: "2019-01-16",
    action: "DescribeRoleList",
    narrowed: () => ({}),
    fields: { list: "List", id: "RoleId", name: "RoleName", created: "AddTime" },
  },
  cam_policy: {
    service: "cam",
    version: "2019-01-16",
    action: "ListPolicies",
    narrowed: (name) => ({ Scope: "Local", Keyword: name }),
    fields: { list: "List", id: "PolicyId", name: "PolicyName", created: "AddTime" },
  },
} as const satisfies Record<string, ProductList>;

export type ListedType = keyof typeof productLists;

export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly created: string | undefined;
}

/** The page size of each of these products. */
const pageSize = 100;
/** A list that is longer is one whose product does not heed the offset. */
const mostPages = 100;

const textOrNumber = z.union([z.string(), z.number()]);

/**
 * The resources of one type whose names have a part in common with this one.
 *
 * @param region left out for CAM, which has none
 * @throws ApiError if the product refuses, or its list has no end
 */
export async function listed(
  api: TencentApi,
  type: ListedType,
  narrowedBy: string,
  region?: string,
): Promise<Listed[]> {
  const { service, version, action, narrowed, fields }: ProductList = productLists[type];
  const item = z
    .object({
      [fields.id]: textOrNumber,
      [fields.name]: z.string().nullish(),
      [fields.created]: textOrNumber.nullish(),
    })
    .transform((each) => ({
      id: `${each[fields.id]}`,
      name: `${each[fields.name] ?? ""}`,
      created: timeText(each[fields.created]),
    }));
  const answer = z
    .object({ [fields.list]: z.array(item).nullish() })
    .transform((response) => response[fields.list] ?? []);
  const all: Listed[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const paging =
      service === "cam" ? { Page: page + 1, Rp: pageSize } : { Offset: page * pageSize, Limit: pageSize };
    const parameters = { ...narrowed(narrowedBy), ...paging };
    const items = await api({
      service,
      version,
      action,
      parameters,
      answer,
      ...(region === undefined ? {} : { region }),
    });
    all.push(...items);
    if (items.length < pageSize) {
      return all;
    }
  }
  throw new ApiError(`${service}:${action}`, `${service}:${action}: a list without end`);
}

/** KMS counts seconds since 1970, the others write a time. */
const timeText = (time: string | number | null | undefined): string | undefined =>
  typeof time === "number" ? new Date(time * 1000).toISOString() : (time ?? undefined);
