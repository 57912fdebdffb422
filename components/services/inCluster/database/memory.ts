/**
 * PostgreSQL's settings for the memory that the pod may take: a quarter for what all sessions share, the rest for
 * sessions of 8 MiB, a few of which may sort or index at a time.
 *
 * @param memoryMiB limit of the pod
 */
export function memorySettings(memoryMiB: number): Readonly<Record<string, string>> {
  return {
    shared_buffers: `${sharedBuffersMiB(memoryMiB)}MB`,
    effective_cache_size: `${Math.floor(memoryMiB / 2)}MB`,
    max_connections: `${maxConnections(memoryMiB)}`,
    // The administrator gets in when tenants have taken every connection.
    superuser_reserved_connections: "5",
    work_mem: "4MB",
    maintenance_work_mem: `${Math.max(64, Math.floor(memoryMiB / 16))}MB`,
    autovacuum_work_mem: "32MB",
  };
}

const sharedBuffersMiB = (memoryMiB: number): number => Math.floor(memoryMiB / 4);

const maxConnections = (memoryMiB: number): number =>
  Math.max(50, Math.floor((memoryMiB - sharedBuffersMiB(memoryMiB)) / 8));

/**
 * Address space of one session in KiB, for `ulimit -v`: what all share, 256 MiB of programs and libraries, and half of
 * what is left. work_mem is a session's to choose; past this one it is told `out of memory`, and without it the kernel
 * would end a process, and PostgreSQL then ends the sessions of all.
 */
export function sessionMemoryKib(memoryMiB: number): number {
  const shared = sharedBuffersMiB(memoryMiB);
  return (shared + 256 + Math.floor((memoryMiB - shared) / 2)) * 1024;
}
