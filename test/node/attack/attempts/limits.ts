import type { Attempt } from "../attempt.ts";

/** More than its share. The last one may cost the attacker's own pod. */
export const limits: readonly Attempt[] = [
  {
    name: "a fork bomb: 1,500 processes",
    script: "$TOOL forks 1500",
    stoppedBy: "the kubelet's podPidsLimit",
    control: { from: "tenant", script: "$TOOL forks 50" },
  },
  {
    name: "a volume fuller than its plan's 10 GiB",
    script: "$TOOL reserve /data/state/large 11000",
    stoppedBy: "the volume's size",
    control: { from: "tenant", script: "$TOOL reserve /data/state/small 1000" },
  },
  {
    name: "the node's disk by a file in /tmp",
    script: "$TOOL reserve /tmp/large 3000",
    stoppedBy: "/tmp is memory, of a limited size",
    control: { from: "stranger" },
  },
  {
    name: "the node's disk by a file in /tmp that has no name any more",
    script: "$TOOL hide /tmp/hidden 3000 0",
    stoppedBy: "/tmp is memory, of a limited size",
    control: { from: "stranger" },
  },
  {
    name: "the node's disk by /dev/shm",
    script: "$TOOL reserve /dev/shm/large 100",
    stoppedBy: "64 MiB, of its memory",
    control: { from: "tenant", script: "$TOOL reserve /dev/shm/small 10" },
  },
  {
    name: "3 GiB of memory at once",
    script: "$TOOL memory 3000",
    stoppedBy: "the memory limit of 2 GiB",
    control: { from: "stranger" },
  },
];
