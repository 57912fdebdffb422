import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import {
  PostgresqlBackupPlanConfig,
  PostgresqlDatabase,
  PostgresqlInstance,
  type PostgresqlInstanceArgs,
  PostgresqlInstanceSslConfig,
} from "../../tencentcloud/postgresql.ts";
import { adminSecretName } from "../adminSecret.ts";
import { type DatabaseFacts, databaseAdmin, databaseName, postgresPort } from "../database.ts";
import type { ServicePlace } from "../place.ts";
import { serviceSecurityGroup } from "./securityGroup.ts";
import type { TencentCloudServicesSettings } from "./settings.ts";

/**
 * TencentDB for PostgreSQL over two zones. Tenants' vectors need the extension that is called `vector` there as
 * everywhere (pgvector); the administrator creates it.
 */
export function createDatabase(
  place: ServicePlace,
  cluster: string,
  { database }: TencentCloudServicesSettings,
  rootPassword: pulumi.Output<string>,
): pulumi.Output<DatabaseFacts> {
  const { name, region, site, options, lasting } = place;
  const instance = new PostgresqlInstance(
    `${name}-database`,
    {
      ...instanceSpec(database),
      ...placement(site),
      name: cluster,
      rootPassword,
      securityGroups: [serviceSecurityGroup(place, cluster, "database", postgresPort)],
      kmsKeyId: site.encryptionKey.id,
      kmsRegion: region,
      tags: cloudTags(),
    },
    lasting,
  );
  const backups = new PostgresqlBackupPlanConfig(
    `${name}-database-backups`,
    { dbInstanceId: instance.id, ...backupSpec(database.backupDays) },
    options,
  );
  const ssl = new PostgresqlInstanceSslConfig(
    `${name}-database-tls`,
    { dbInstanceId: instance.id, sslEnabled: true, connectAddress: instance.privateAccessIp },
    // One change of an instance at a time: it refuses a second.
    { ...options, dependsOn: backups },
  );
  const content = new PostgresqlDatabase(
    `${name}-database-content`,
    { dbInstanceId: instance.id, databaseName, databaseOwner: databaseAdmin },
    { ...lasting, dependsOn: ssl },
  );
  return pulumi
    .all([instance.privateAccessIp, instance.privateAccessPort, content.id])
    .apply(([host, port]) => ({
      host,
      port: port ?? postgresPort,
      name: databaseName,
      adminSecret: adminSecretName("database"),
      tls: true,
    }));
}

/** The arguments that do not depend on other resources. */
export const instanceSpec = ({ cpu, memoryGiB, storageGiB }: TencentCloudServicesSettings["database"]) =>
  ({
    chargeType: "POSTPAID_BY_HOUR",
    // The newest that the provider's documentation names.
    dbMajorVersion: "16",
    charset: "UTF8",
    cpu,
    memory: memoryGiB,
    storage: storageGiB,
    rootUser: databaseAdmin,
    publicAccessSwitch: false,
    needSupportTde: 1,
    deleteProtection: true,
    waitSwitch: 2,
  }) satisfies Partial<PostgresqlInstanceArgs>;

/** Every day, and the log in between. */
export const backupSpec = (days: number) => ({
  minBackupStartTime: "03:00:00",
  maxBackupStartTime: "04:00:00",
  baseBackupRetentionPeriod: days,
  logBackupRetentionPeriod: days,
  backupPeriods: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
});

function placement({ vpcId, subnets: [main, standby] }: ServicePlace["site"]) {
  if (main === undefined || standby === undefined) {
    throw new RangeError("a database over two zones needs a subnet in each");
  }
  return {
    vpcId,
    subnetId: main.id,
    availabilityZone: main.zone,
    dbNodeSets: [
      { role: "Primary", zone: main.zone },
      { role: "Standby", zone: standby.zone },
    ],
  } satisfies Partial<PostgresqlInstanceArgs>;
}
