import type { NodePlace } from "./place.ts";

/** Default path; the namespaces have a /run of their own. */
export const containerdSocket = "/run/containerd/containerd.sock";

export const pauseReference = "localhost/pause:1";

/**
 * containerd's configuration, version 2: https://github.com/containerd/containerd/blob/v1.6.20/docs/cri/config.md
 *
 * @param cniPlugins folder of the CNI plugins' programs
 */
export function containerdConfiguration(
  { containers, configuration, bin }: NodePlace,
  cniPlugins: string,
): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(containers)}
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]

[grpc]
address = ${text(containerdSocket)}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = ${text(pauseReference)}
# Without CAP_SYS_RESOURCE nobody may make a process less likely to be killed than it was.
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = ${text(cniPlugins)}
conf_dir = ${text(`${configuration}/cni`)}

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
BinaryName = ${text(`${bin}/runc`)}
SystemdCgroup = false
`;
}
