import type * as pulumi from "@pulumi/pulumi";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

type Text = pulumi.Input<string>;

export interface PostgresqlInstanceArgs extends Tagged {
  readonly name: string;
  readonly availabilityZone: string;
  readonly vpcId: Text;
  readonly subnetId: Text;
  readonly securityGroups: readonly Text[];
  readonly publicAccessSwitch: boolean;
  readonly chargeType: "POSTPAID_BY_HOUR";
  readonly dbMajorVersion: string;
  readonly charset: "UTF8";
  readonly cpu: number;
  /** GiB. */
  readonly memory: number;
  /** GiB, a multiple of 10. */
  readonly storage: number;
  readonly rootUser: string;
  readonly rootPassword: Text;
  readonly dbNodeSets: readonly { readonly role: "Primary" | "Standby"; readonly zone: string }[];
  /** 1: data files are encrypted with `kmsKeyId`. */
  readonly needSupportTde: 1;
  readonly kmsKeyId: Text;
  readonly kmsRegion: string;
  readonly deleteProtection: boolean;
  /** 2: in the maintenance window. */
  readonly waitSwitch: 2;
}

export class PostgresqlInstance extends CloudResource {
  declare readonly privateAccessIp: pulumi.Output<string>;
  declare readonly privateAccessPort: pulumi.Output<number>;

  constructor(name: string, args: PostgresqlInstanceArgs, opts: CloudResourceOptions) {
    super("postgresql_instance", name, args, opts, {
      outputs: ["privateAccessIp", "privateAccessPort"],
      secrets: ["rootPassword"],
    });
  }
}

/**
 * The plan that every instance has, by days of the week. The provider's `postgresql_backup_plan` is another: one more
 * plan, by days of the month.
 */
export interface PostgresqlBackupPlanConfigArgs {
  readonly dbInstanceId: Text;
  /** `hh:mm:ss`. */
  readonly minBackupStartTime: string;
  readonly maxBackupStartTime: string;
  /** Days, 7 to 1,830. */
  readonly baseBackupRetentionPeriod: number;
  /** Days, 7 to 1,830: of the log between the backups, without which there is no point in time. */
  readonly logBackupRetentionPeriod: number;
  /** `monday` to `sunday`, two at least. */
  readonly backupPeriods: readonly string[];
}

/** Changes the instance's plan, and leaves it as it is when it goes. */
export class PostgresqlBackupPlanConfig extends CloudResource {
  constructor(name: string, args: PostgresqlBackupPlanConfigArgs, opts: CloudResourceOptions) {
    super("postgresql_backup_plan_config", name, args, opts);
  }
}

export interface PostgresqlInstanceSslConfigArgs {
  readonly dbInstanceId: Text;
  readonly sslEnabled: boolean;
  readonly connectAddress: Text;
}

export class PostgresqlInstanceSslConfig extends CloudResource {
  constructor(name: string, args: PostgresqlInstanceSslConfigArgs, opts: CloudResourceOptions) {
    super("postgresql_instance_ssl_config", name, args, opts);
  }
}

export interface PostgresqlDatabaseArgs {
  readonly dbInstanceId: Text;
  readonly databaseName: string;
  readonly databaseOwner: string;
}

export class PostgresqlDatabase extends CloudResource {
  constructor(name: string, args: PostgresqlDatabaseArgs, opts: CloudResourceOptions) {
    super("postgresql_database", name, args, opts);
  }
}
