/** The plans. Every default of a tenant file that depends on the plan is in this table. */

export const planNames = ["basic", "pro", "enterprise"] as const;
export type PlanName = (typeof planNames)[number];

export interface Plan {
  /** CPU cores requested by the OpenClaw container; its limit is {@link limitFactor} times as many. */
  readonly cpuCores: number;
  /** MiB of memory requested; OpenClaw idles at about 0.6 GiB and needs 1 GiB requested, 2 GiB at most. */
  readonly memoryMiB: number;
  /** GiB of the data volume: state, workspace and conversations. */
  readonly diskGiB: number;
  /** Users that the tenant file may list. */
  readonly seats: number;
  /** CNY a month that the tenant's models may cost, unless its file says otherwise. */
  readonly modelBudgetCny: number;
  /** Requests a minute that the edge and the model gateway let through. */
  readonly requestsPerMinute: number;
  /** Requests that the edge holds open at a time for each proxy, WebSockets among them: a browser has one for each tab. */
  readonly requestsInFlight: number;
  /** Whether the tenant gets a database, a cache and object storage, unless its file says otherwise. */
  readonly dataServices: boolean;
  /** Connections to its database at a time. */
  readonly databaseConnections: number;
  /** MiB of temporary files that one of its database's sessions may write. */
  readonly databaseTemporaryMiB: number;
  /** Days that backups are kept. */
  readonly backupDays: number;
}

/** Limits are this many times the requests: idle neighbours lend their share, and a runaway tenant stops there. */
export const limitFactor = 2;

export const plans: Readonly<Record<PlanName, Plan>> = {
  basic: {
    cpuCores: 1,
    memoryMiB: 1024,
    diskGiB: 10,
    seats: 5,
    modelBudgetCny: 100,
    requestsPerMinute: 60,
    requestsInFlight: 64,
    dataServices: false,
    databaseConnections: 5,
    databaseTemporaryMiB: 256,
    backupDays: 7,
  },
  pro: {
    cpuCores: 2,
    memoryMiB: 2048,
    diskGiB: 50,
    seats: 25,
    modelBudgetCny: 500,
    requestsPerMinute: 300,
    requestsInFlight: 256,
    dataServices: true,
    databaseConnections: 20,
    databaseTemporaryMiB: 1024,
    backupDays: 30,
  },
  enterprise: {
    cpuCores: 4,
    memoryMiB: 4096,
    diskGiB: 200,
    seats: 200,
    modelBudgetCny: 5000,
    requestsPerMinute: 1200,
    requestsInFlight: 1024,
    dataServices: true,
    databaseConnections: 50,
    databaseTemporaryMiB: 4096,
    backupDays: 90,
  },
};
