import { resourceToken } from "../../components/tencentcloud/tokens.ts";

/** This command's knowledge of a resource type. */
export interface CloudType {
  readonly token: string;
  /** Third and first half of the sixth part of its six-part name: `vpc/subnet`. */
  readonly kind: string;
  /** Commands and steps that delete it; with `cluster` for what is in one. */
  readonly deletion: (id: string, region: string) => readonly string[];
}

/** Commands of tccli, without the region. */
const tccli =
  (...commands: ((id: string) => string)[]) =>
  (id: string, region: string): string[] =>
    commands.map((command) => `tccli ${command(id)} --region ${region}`);

/** Two parts of a composite id. */
const parts = (id: string): { readonly cluster: string; readonly pool: string } => {
  const [cluster = "", pool = ""] = id.split("#");
  return { cluster, pool };
};

const type = (terraform: string, kind: string, deletion: CloudType["deletion"]): CloudType => ({
  token: resourceToken(terraform),
  kind,
  deletion,
});

/**
 * The types that can be left behind, in the order in which they are deleted: what stands on others first, the key that
 * encrypts them last. The kinds are those that the Terraform provider tags with, but for clusters and buckets, which
 * are in https://cloud.tencent.com/document/product/651/55662 and /133239. Deletion protection is switched off first
 * where the program switches it on.
 */
export const cloudTypes: readonly CloudType[] = [
  type("kubernetes_native_node_pool", "tke/nodepool", (id, region) => {
    const { cluster, pool } = parts(id);
    const at = `--version 2022-05-01 --ClusterId ${cluster} --NodePoolId ${pool}`;
    return tccli(
      () => `tke ModifyNodePool ${at} --DeletionProtection False`,
      () => `tke DeleteNodePool ${at}`,
    )(id, region);
  }),
  type(
    "kubernetes_cluster",
    "ccs/cluster",
    tccli(
      (id) => `tke DisableClusterDeletionProtection --ClusterId ${id}`,
      (id) => `tke DeleteCluster --ClusterId ${id} --InstanceDeleteMode terminate`,
    ),
  ),
  type(
    "postgresql_instance",
    "postgres/DBInstanceId",
    tccli(
      (id) => `postgres ModifyDBInstanceDeletionProtection --DBInstanceId ${id} --DeletionProtection False`,
      (id) => `postgres IsolateDBInstances --DBInstanceIdSet '["${id}"]'`,
      (id) => `postgres DestroyDBInstance --DBInstanceId ${id}`,
    ),
  ),
  type(
    "redis_instance",
    "redis/instance",
    tccli(
      (id) => `redis DestroyPostpaidInstance --InstanceId ${id}`,
      (id) => `redis CleanUpInstance --InstanceId ${id}`,
    ),
  ),
  type(
    "clb_instance",
    "clb/clb",
    tccli(
      (id) => `clb ModifyLoadBalancerAttributes --LoadBalancerId ${id} --DeleteProtect False`,
      (id) => `clb DeleteLoadBalancer --LoadBalancerIds '["${id}"]'`,
    ),
  ),
  type(
    "nat_gateway",
    "vpc/nat",
    tccli((id) => `vpc DeleteNatGateway --NatGatewayId ${id}`),
  ),
  type(
    "eip",
    "vpc/eip",
    tccli((id) => `vpc ReleaseAddresses --AddressIds '["${id}"]'`),
  ),
  type(
    "subnet",
    "vpc/subnet",
    tccli((id) => `vpc DeleteSubnet --SubnetId ${id}`),
  ),
  type(
    "route_table",
    "vpc/rtb",
    tccli((id) => `vpc DeleteRouteTable --RouteTableId ${id}`),
  ),
  type(
    "security_group",
    "cvm/sg",
    tccli((id) => `vpc DeleteSecurityGroup --SecurityGroupId ${id}`),
  ),
  type(
    "vpc",
    "vpc/vpc",
    tccli((id) => `vpc DeleteVpc --VpcId ${id}`),
  ),
  type("cam_role", "cam/role", (id) => [`tccli cam DeleteRole --RoleId ${id}`]),
  type("cam_policy", "cam/policy", (id) => [`tccli cam DeletePolicy --PolicyId '[${id}]'`]),
  type(
    "cls_topic",
    "cls/topic",
    tccli((id) => `cls DeleteTopic --TopicId ${id}`),
  ),
  type(
    "cls_logset",
    "cls/logset",
    tccli((id) => `cls DeleteLogset --LogsetId ${id}`),
  ),
  type("cos_bucket", "cos/bucket", (id) => [
    `console: Cloud Object Storage, Buckets, ${id}; only if it is empty`,
  ]),
  type(
    "kms_key",
    "kms/key",
    tccli(
      (id) => `kms DisableKey --KeyId ${id}`,
      (id) => `kms ScheduleKeyDeletion --KeyId ${id} --PendingWindowInDays 30`,
    ),
  ),
];

const byKind = new Map(cloudTypes.map((each) => [each.kind, each]));
const byToken = new Map(cloudTypes.map((each) => [each.token, each]));

export const typeOfKind = (kind: string): CloudType | undefined => byKind.get(kind);

export const typeOfToken = (token: string | undefined): CloudType | undefined =>
  token === undefined ? undefined : byToken.get(token);

/** The type with this Terraform name. @throws Error if there is none such in the table */
export function cloudType(terraform: string): CloudType {
  const found = byToken.get(resourceToken(terraform));
  if (found === undefined) {
    throw new Error(`${terraform} is no type of ops/orphans/types.ts`);
  }
  return found;
}
