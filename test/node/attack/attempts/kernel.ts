import type { Attempt } from "../attempt.ts";

const seccomp = "seccomp RuntimeDefault, no CAP_SYS_ADMIN";

const call = (name: string, what: string, stoppedBy: string): Attempt => ({
  name: what,
  script: `$TOOL syscall ${name}`,
  stoppedBy,
  control: { from: "node" },
});

const writing = (file: string, what: string): Attempt => ({
  name: what,
  // What is there already, or nothing.
  script: `value=$(cat ${file} 2>/dev/null); [ -z "$value" ] && { : >> ${file}; exit; }; printf '%s' "$value" > ${file}`,
  stoppedBy: "a read-only /proc/sys and /sys, not root",
  control: { from: "node" },
});

/** The kernel that all share. */
export const kernel: readonly Attempt[] = [
  call("unshare user", "a user namespace, to be root in it", seccomp),
  call("unshare mount", "a mount namespace", seccomp),
  call("unshare network", "a network namespace", seccomp),
  call("unshare process", "a process namespace", seccomp),
  call("mount tmpfs", "mounting", seccomp),
  call("mount proc", "mounting /proc without its masks", seccomp),
  call("mount remount", "mounting its root for writing", seccomp),
  call("pivot_root", "another root", seccomp),
  call("chroot", "a root below its own", "no CAP_SYS_CHROOT"),
  call("setns /proc/1/ns/net", "another's network namespace", seccomp),
  call("bpf", "a program in the kernel: bpf", seccomp),
  call("perf_event_open", "watching every process: perf_event_open", seccomp),
  call("keyctl", "the user's keyring, which pods of one uid share", "seccomp RuntimeDefault"),
  call("add_key", "a key in that keyring", "seccomp RuntimeDefault"),
  call("reboot", "a reboot", "seccomp RuntimeDefault, no CAP_SYS_BOOT"),
  call("clock_settime", "the machine's clock", "seccomp RuntimeDefault, no CAP_SYS_TIME"),
  call("sethostname", "its host name, which the state's lock goes by", seccomp),
  call("swapon", "swap", seccomp),
  call("syslog", "the kernel's log", "seccomp RuntimeDefault, no CAP_SYSLOG"),
  call("acct", "accounting", seccomp),
  call("setpriority", "going before others on the CPU", "no CAP_SYS_NICE"),
  {
    name: "leaving a mounted folder by a file's number (open_by_handle_at)",
    script: "$TOOL shocker /etc/hosts",
    stoppedBy: "seccomp RuntimeDefault, no CAP_DAC_READ_SEARCH",
    control: { from: "node" },
  },
  {
    name: "the hypervisor by a vsock socket",
    script: "$TOOL socket vsock",
    stoppedBy: "seccomp RuntimeDefault of containerd from 1.7 on",
    worksOn: (runtime) => /^containerd:\/\/1\.[0-6]\./.test(runtime),
    control: { from: "node" },
  },
  writing("/proc/sys/kernel/core_pattern", "a program that the kernel starts: core_pattern"),
  writing("/proc/sys/vm/overcommit_memory", "the machine's settings: vm.overcommit_memory"),
  writing("/proc/sys/net/ipv4/ip_forward", "its network's settings: ip_forward"),
  {
    name: "stopping the machine: sysrq-trigger, or what a panic does",
    // Opened, and nothing written. Not every kernel has the first.
    script: "file=/proc/sysrq-trigger; [ -e $file ] || file=/proc/sys/kernel/panic; : >> $file",
    stoppedBy: "a read-only /proc, not root",
    control: { from: "node" },
  },
  {
    name: "a cgroup of its own making, to leave its limits",
    script:
      "for folder in /sys/fs/cgroup /sys/fs/cgroup/memory /sys/fs/cgroup/pids; do mkdir $folder/attack 2>/dev/null && rmdir $folder/attack && exit 0; done; exit 1",
    stoppedBy: "a read-only /sys/fs/cgroup",
    control: { from: "node" },
  },
  {
    name: "raising its own limits",
    script:
      "for file in /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu/cpu.shares /sys/fs/cgroup/cpu.max; do [ -e $file ] && cat $file > /tmp/value && cat /tmp/value > $file && exit 0; done 2>/dev/null; exit 1",
    stoppedBy: "a read-only /sys/fs/cgroup",
    control: { from: "node" },
  },
];
