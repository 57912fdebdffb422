import type { Attempt } from "../attempt.ts";

const ownMounts = "a mount namespace of its own";
const ownProcesses = "a process namespace of its own";
const notRoot = "not root, no capabilities";

const throughAnyRoot = (file: string, wanted: string) =>
  `for root in "" /proc/1/root /proc/self/root /proc/self/cwd/../../.. /data/../../..; do grep -qs -- "${wanted}" "$root${file}" && exit 0; done; exit 1`;

/** The neighbour's processes and files, and the machine's. */
export const host: readonly Attempt[] = [
  {
    name: "a file in the neighbour's volume, its path guessed",
    script: throughAnyRoot("$VICTIM_FILE", "$CANARY_FILE"),
    stoppedBy: ownMounts,
    control: { from: "node" },
  },
  {
    name: "the same through a symbolic link in its own volume",
    script: `ln -sfn "$VICTIM_FILE" /data/state/link 2>/dev/null || ln -sfn "/proc/1/root$VICTIM_FILE" /tmp/link; grep -qs "$CANARY_FILE" /data/state/link /tmp/link`,
    stoppedBy: ownMounts,
    control: { from: "node" },
  },
  {
    name: "the disks of volumes, as devices",
    script:
      "for disk in /dev/loop* /dev/vd* /dev/sd* /dev/nvme*; do head -c 1 $disk 2>/dev/null | grep -q . ; [ -r $disk ] && exit 0; done; exit 1",
    stoppedBy: "no devices",
    control: { from: "node" },
  },
  {
    name: "the machine's passwords",
    script: "cat /etc/shadow /proc/1/root/etc/shadow 2>/dev/null | grep -q root:",
    stoppedBy: ownMounts,
    control: { from: "node" },
  },
  {
    name: "processes of the node",
    script: "ps -e -o args= | grep -q '[k]ubelet --config'",
    stoppedBy: ownProcesses,
    control: { from: "node" },
  },
  {
    name: "the neighbour's environment",
    script: `grep -qs "OPENCLAW_GATEWAY_TOKEN=$VICTIM_TOKEN" /proc/[0-9]*/environ`,
    stoppedBy: ownProcesses,
    control: { from: "node" },
  },
  {
    name: "tracing a process of the neighbour's",
    script: `pid=$(grep -ls "OPENCLAW_GATEWAY_TOKEN=$VICTIM_TOKEN" /proc/[0-9]*/environ | head -1 | cut -d/ -f3); $TOOL syscall ptrace "\${pid:-4194303}"`,
    stoppedBy: ownProcesses,
    control: { from: "node" },
  },
  {
    name: "reading a process of the neighbour's memory",
    script: `pid=$(grep -ls "OPENCLAW_GATEWAY_TOKEN=$VICTIM_TOKEN" /proc/[0-9]*/environ | head -1 | cut -d/ -f3); $TOOL syscall process_vm_readv "\${pid:-4194303}"`,
    stoppedBy: ownProcesses,
    control: { from: "node" },
  },
  {
    name: "containerd's socket",
    script: "[ -S /run/containerd/containerd.sock ] || [ -S /proc/1/root/run/containerd/containerd.sock ]",
    stoppedBy: ownMounts,
    control: { from: "node" },
  },
  {
    name: "a device node of its own making",
    script: "rm -f /tmp/disk; mknod /tmp/disk b 254 0",
    stoppedBy: "no CAP_MKNOD",
    control: { from: "node" },
  },
  {
    name: "the kernel's log as a device",
    script: "dd if=/dev/kmsg bs=8192 count=1 > /dev/null",
    stoppedBy: "no devices",
    control: { from: "node" },
  },
  {
    name: "writing outside of its places: programs, settings, home, system",
    script:
      "for folder in / /app /bin /etc /etc/openclaw /home /home/node /opt /root /run /sbin /sys /usr /usr/bin /usr/local /var /var/tmp /dev /proc; do touch $folder/attack 2>/dev/null && exit 0; done; exit 1",
    stoppedBy: "a read-only root",
    control: { from: "node" },
  },
  {
    name: "changing openclaw.json",
    script: "echo '{}' >> /etc/openclaw/openclaw.json",
    stoppedBy: "a read-only mount",
    control: { from: "node", script: "mkdir -p /etc/openclaw && echo '{}' >> /etc/openclaw/openclaw.json" },
  },
  {
    name: "the file that the kubelet reads last words from",
    script: "echo x >> /dev/termination-log || echo x >> /root/termination-log",
    stoppedBy: "a path that only root may enter",
    control: { from: "stranger" },
  },
  {
    name: "a program that makes who runs it root",
    script: "find / -xdev -perm /6000 -type f 2>/dev/null | grep -q .",
    stoppedBy: "none in the image, no_new_privs",
    control: {
      from: "node",
      script: "cp /bin/id /tmp/id && chmod 4755 /tmp/id && find /tmp -perm /6000 -type f | grep -q .",
    },
  },
  {
    name: "gaining privileges by a program",
    script: "grep -q 'NoNewPrivs:.*0' /proc/self/status",
    stoppedBy: "allowPrivilegeEscalation: false",
    control: { from: "node" },
  },
  {
    name: "becoming root: setuid",
    script: "$TOOL syscall setuid",
    stoppedBy: notRoot,
    control: { from: "node" },
  },
  {
    name: "leaving its groups",
    script: "$TOOL syscall setgroups",
    stoppedBy: notRoot,
    control: { from: "node" },
  },
];
