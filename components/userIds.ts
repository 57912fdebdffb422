/**
 * uid and gid of processes in pods, which the files of their images and volumes belong to: those of the official images.
 * Any would do for `job`, whose programs have no files.
 */
export const userIds = {
  gateway: 1000,
  database: 999,
  cache: 999,
  objectStore: 1000,
  job: 65_532,
  edge: 65_532,
} as const;
