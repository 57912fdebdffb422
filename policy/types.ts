/** Type tokens of the cloud resources that rules are about. */

/** Type tokens of @pulumi/alicloud; a test compares them with the package. */
export const alicloud = {
  managedKubernetes: "alicloud:cs/managedKubernetes:ManagedKubernetes",
  nodePool: "alicloud:cs/nodePool:NodePool",
  disk: "alicloud:ecs/disk:Disk",
  ecsDisk: "alicloud:ecs/ecsDisk:EcsDisk",
  instance: "alicloud:ecs/instance:Instance",
  launchTemplate: "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate",
  kmsKey: "alicloud:kms/key:Key",
  redisConnection: "alicloud:kvstore/connection:Connection",
  redisInstance: "alicloud:kvstore/instance:Instance",
  fileSystem: "alicloud:nas/fileSystem:FileSystem",
  accountPublicAccessBlock: "alicloud:oss/accountPublicAccessBlock:AccountPublicAccessBlock",
  bucket: "alicloud:oss/bucket:Bucket",
  bucketAcl: "alicloud:oss/bucketAcl:BucketAcl",
  bucketHttpsConfig: "alicloud:oss/bucketHttpsConfig:BucketHttpsConfig",
  bucketObject: "alicloud:oss/bucketObject:BucketObject",
  bucketPolicy: "alicloud:oss/bucketPolicy:BucketPolicy",
  bucketPublicAccessBlock: "alicloud:oss/bucketPublicAccessBlock:BucketPublicAccessBlock",
  bucketServerSideEncryption: "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption",
  bucketVersioning: "alicloud:oss/bucketVersioning:BucketVersioning",
  ramPolicy: "alicloud:ram/policy:Policy",
  ramRole: "alicloud:ram/role:Role",
  ramRolePolicyAttachment: "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
  ramUserPolicyAttachment: "alicloud:ram/userPolicyAttachment:UserPolicyAttachment",
  rdsConnection: "alicloud:rds/connection:Connection",
  rdsDatabase: "alicloud:rds/database:Database",
  rdsEndpointAddress: "alicloud:rds/dbInstanceEndpointAddress:DbInstanceEndpointAddress",
  rdsInstance: "alicloud:rds/instance:Instance",
  rdsProxyPublic: "alicloud:rds/dbProxyPublic:DbProxyPublic",
  tairInstance: "alicloud:redis/tairInstance:TairInstance",
  routeEntry: "alicloud:vpc/routeEntry:RouteEntry",
} as const;

/**
 * Type tokens of tencentstack/tencentcloud through Pulumi's Terraform bridge, which makes them of the provider's
 * resource names (tencentcloud_cos_bucket), and properties in camel case of its arguments.
 */
export const tencentcloud = {
  camPolicy: "tencentcloud:index/camPolicy:CamPolicy",
  camRole: "tencentcloud:index/camRole:CamRole",
  camRolePolicyAttachmentByName:
    "tencentcloud:index/camRolePolicyAttachmentByName:CamRolePolicyAttachmentByName",
  cbsStorage: "tencentcloud:index/cbsStorage:CbsStorage",
  cfsFileSystem: "tencentcloud:index/cfsFileSystem:CfsFileSystem",
  cosBucket: "tencentcloud:index/cosBucket:CosBucket",
  cosBucketPolicy: "tencentcloud:index/cosBucketPolicy:CosBucketPolicy",
  instance: "tencentcloud:index/instance:Instance",
  kmsKey: "tencentcloud:index/kmsKey:KmsKey",
  kubernetesCluster: "tencentcloud:index/kubernetesCluster:KubernetesCluster",
  kubernetesClusterEndpoint: "tencentcloud:index/kubernetesClusterEndpoint:KubernetesClusterEndpoint",
  kubernetesEncryptionProtection:
    "tencentcloud:index/kubernetesEncryptionProtection:KubernetesEncryptionProtection",
  kubernetesNativeNodePool: "tencentcloud:index/kubernetesNativeNodePool:KubernetesNativeNodePool",
  kubernetesNodePool: "tencentcloud:index/kubernetesNodePool:KubernetesNodePool",
  postgresqlInstance: "tencentcloud:index/postgresqlInstance:PostgresqlInstance",
  postgresqlInstanceSslConfig: "tencentcloud:index/postgresqlInstanceSslConfig:PostgresqlInstanceSslConfig",
  redisInstance: "tencentcloud:index/redisInstance:RedisInstance",
  redisSsl: "tencentcloud:index/redisSsl:RedisSsl",
  routeTableEntry: "tencentcloud:index/routeTableEntry:RouteTableEntry",
} as const;
