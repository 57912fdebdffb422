import { BackupPolicy } from "@pulumi/alicloud/rds/backupPolicy.js";
import { Database } from "@pulumi/alicloud/rds/database.js";
import { Instance, type InstanceArgs } from "@pulumi/alicloud/rds/instance.js";
import { RdsAccount } from "@pulumi/alicloud/rds/rdsAccount.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { adminSecretName } from "../adminSecret.ts";
import { type DatabaseFacts, databaseAdmin, databaseName } from "../database.ts";
import type { ServicePlace } from "../place.ts";
import { accountOf } from "./policy.ts";
import type { AlicloudServicesSettings } from "./settings.ts";

/**
 * RDS for PostgreSQL over two zones. Tenants' vectors need the extension that is called `vector` there as everywhere
 * (pgvector); the administrator, a privileged account, creates it.
 */
export function createDatabase(
  { name, site, options, lasting }: ServicePlace,
  cluster: string,
  { database }: AlicloudServicesSettings,
  password: pulumi.Output<string>,
): pulumi.Output<DatabaseFacts> {
  const { encryptionKey } = site;
  const instance = new Instance(
    `${name}-database`,
    {
      ...instanceSpec(database, site.clientCidrs),
      ...zonesOf(site.subnets),
      instanceName: cluster,
      encryptionKey: encryptionKey.id,
      roleArn: encryptionKey.arn.apply(rdsEncryptionRole),
      tags: cloudTags(),
    },
    // Where the server's key is said with its certificate, the provider marks the certificate alone as a secret.
    { ...lasting, additionalSecretOutputs: ["serverKey"] },
  );
  new BackupPolicy(
    `${name}-database-backups`,
    { instanceId: instance.id, ...backupSpec(database.backupDays) },
    options,
  );
  new RdsAccount(
    `${name}-database-admin-account`,
    {
      dbInstanceId: instance.id,
      accountName: databaseAdmin,
      accountPassword: password,
      accountType: "Super",
    },
    lasting,
  );
  new Database(
    `${name}-database-openclaw`,
    { instanceId: instance.id, dataBaseName: databaseName, characterSet: "UTF8" },
    lasting,
  );
  return pulumi.all([instance.connectionString, instance.port]).apply(([host, port]) => ({
    host,
    port: Number(port),
    name: databaseName,
    adminSecret: adminSecretName("database"),
    tls: true,
  }));
}

/** The arguments that do not depend on other resources. */
export function instanceSpec(
  { instanceType, storageGiB }: AlicloudServicesSettings["database"],
  clientCidrs: readonly string[],
): InstanceArgs {
  return {
    engine: "PostgreSQL",
    engineVersion: "17.0",
    category: "HighAvailability",
    instanceType,
    instanceChargeType: "Postpaid",
    instanceStorage: storageGiB,
    dbInstanceStorageType: "cloud_essd",
    deletionProtection: true,
    sslAction: "Open",
    caType: "aliyun",
    securityIps: [...clientCidrs],
    pgHbaConfs: clientCidrs.map((address, priorityId) => ({
      type: "hostssl",
      priorityId,
      database: "all",
      user: "all",
      address,
      // Takes SCRAM for every password that is stored as SCRAM.
      method: "md5",
    })),
    haConfig: "Auto",
    autoUpgradeMinorVersion: "Auto",
    // 02:00 to 03:00 in China.
    maintainTime: "18:00Z-19:00Z",
    monitoringPeriod: 60,
  };
}

/** Every day, and the log in between; what there is stays when the instance is released. */
export const backupSpec = (days: number) => ({
  preferredBackupPeriods: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
  preferredBackupTime: "19:00Z-20:00Z",
  backupRetentionPeriod: days,
  enableBackupLog: true,
  logBackupRetentionPeriod: days,
  releasedKeepPolicy: "All",
});

function zonesOf(subnets: ServicePlace["site"]["subnets"]): Partial<InstanceArgs> {
  const [main, standby] = subnets;
  if (main === undefined || standby === undefined) {
    throw new RangeError("a database over two zones needs a subnet in each");
  }
  return {
    zoneId: main.zone,
    zoneIdSlaveA: standby.zone,
    vswitchId: pulumi.interpolate`${main.id},${standby.id}`,
  };
}

/** The role by which RDS uses a key; its console makes it with the first instance. @param keyArn acs:kms:REGION:ACCOUNT:key/ID */
export const rdsEncryptionRole = (keyArn: string): string =>
  `acs:ram::${accountOf(keyArn)}:role/aliyunrdsinstanceencryptiondefaultrole`;
