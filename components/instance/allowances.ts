import type { Plan } from "../../tenants/plans.ts";

/**
 * Room for one Job at a time beside OpenClaw (provisioning, backup), so that a backup need not wait for the
 * instance to stop; CPU in millicores, memory in MiB.
 */
export const jobAllowance = { cpuMillis: 250, memoryMiB: 256 } as const;

/** MiB of node disk a pod may use beside its volume: OpenClaw for its logs alone, a Job for files of its own too. */
export const ephemeralStorageMiB = { request: 512, limit: 2048 } as const;

/**
 * GiB of the volume that a backup is put together on. For the worst case, an archive that does not compress beside what
 * is unpacked from it. It is there for the minutes that the backup takes.
 */
export const backupWorkGiB = ({ diskGiB }: Pick<Plan, "diskGiB">): number => 2 * diskGiB;

/** The number of tries of a backup: each pod that failed keeps its volume, for as long as what it said can be read. */
export const backupAttempts = 2;
