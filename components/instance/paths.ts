/**
 * Where things lie inside the container, whose root file system is read-only. OpenClaw writes to three places:
 * its state, /tmp (the lock folder's path is fixed in its code) and its cache.
 */
export const paths = {
  volume: "/data",
  /** A folder below the volume's root: the root belongs to root, and OpenClaw wants to own its state folder. */
  state: "/data/state",
  workspace: "/data/state/workspace",
  configFolder: "/etc/openclaw",
  config: "/etc/openclaw/openclaw.json",
  /** The certificate of the authority that signs the services in the cluster. */
  servicesAuthority: "/etc/openclaw/services-ca.crt",
  temporary: "/tmp",
  cache: "/tmp/.cache",
  /**
   * The kubelet puts a file of the node's disk here that anybody may write to and that counts as nobody's disk, so it
   * belongs in a folder that only root may enter.
   */
  terminationLog: "/root/termination-log",
} as const;
