import { describe, expect, test } from "vitest";
import { podStates } from "../../bench/node/crowd.ts";
import { containerOf, containerStarts, startOf } from "../../bench/node/processes.ts";
import { nodeReport } from "../../bench/node/report.ts";
import { type LiveObject, type Sighting, seenMarks } from "../../bench/node/sightings.ts";
import { phaseSeconds, type Timeline } from "../../bench/node/timeline.ts";
import { usagesOf } from "../../bench/node/usage.ts";
import { main } from "../../ops/commands/bench.ts";

const timeline = (overrides: Partial<Timeline> = {}): Timeline => ({
  created: 2000,
  applied: 2100,
  scheduled: 2010,
  sandboxed: 2410,
  started: 2500,
  ready: 17_500,
  updated: 17_900,
  answered: 23_000,
  ...overrides,
});

describe("the parts of a timeline", () => {
  test("follow each other and together are the time to the first answer", () => {
    const seconds = phaseSeconds(timeline());
    expect(seconds).toEqual({
      engine: 2,
      scheduling: 0.01,
      sandbox: 0.4,
      container: 0.09,
      OpenClaw: 15,
      "first chat": 5.5,
    });
    expect(Object.values(seconds).reduce((sum, each) => sum + each)).toBeCloseTo(23, 9);
  });

  test("may be shorter by what a process's start is rounded to, and no more", () => {
    expect(phaseSeconds(timeline({ sandboxed: 2003 })).sandbox).toBe(0);
    expect(() => phaseSeconds(timeline({ sandboxed: 1990 }))).toThrow(
      /sandbox took -20 ms: .*"sandboxed":1990/,
    );
    expect(() => phaseSeconds(timeline({ ready: Number.NaN }))).toThrow("OpenClaw took NaN ms");
  });
});

describe("what a watch saw", () => {
  const object = (
    kind: string,
    uid: string,
    conditions: Readonly<Record<string, string>> = {},
  ): LiveObject => ({
    kind,
    metadata: { uid },
    status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) },
  });
  const sightings: Sighting[] = [
    { at: 1, object: object("Namespace", "n") },
    { at: 5, object: object("Deployment", "d") },
    { at: 6, object: object("Pod", "p", { PodScheduled: "False" }) },
    { at: 7, object: object("Ingress", "i") },
    { at: 8, object: object("Pod", "p", { PodScheduled: "True", Ready: "False" }) },
    { at: 9, object: object("Deployment", "d") },
    { at: 20, object: object("Pod", "p", { PodScheduled: "True", Ready: "True" }) },
    { at: 30, object: object("Pod", "p", { PodScheduled: "True", Ready: "True" }) },
  ];

  test("is applied with the last new object, the pod aside, and else counts when it is first seen", () => {
    expect(seenMarks(sightings)).toEqual({ applied: 7, created: 6, scheduled: 8, ready: 20 });
  });

  test("is not enough before the pod is Ready", () => {
    expect(seenMarks(sightings.slice(0, 6))).toBeUndefined();
  });
});

describe("a pod's processes", () => {
  test("belong to it by their cgroup, in both versions", () => {
    const uid = "4c1f8b6e-0000-4000-8000-000000000001";
    expect(containerOf(`4:memory:/ocnode7/kubepods/burstable/pod${uid}/ab12\n3:cpu:/\n`, uid)).toBe("ab12");
    expect(containerOf(`0::/ocnode7/kubepods/pod${uid}/cd34/nested`, uid)).toBe("cd34");
    expect(containerOf("0::/ocnode7/kubepods/pod4c1f8b6e/cd34", uid)).toBeUndefined();
  });

  test("tell their start behind a name that may hold anything", () => {
    const fields = Array.from({ length: 50 }, (_, index) => `${index + 3}`);
    expect(startOf(`7 (a) b) ${fields.join(" ").replace(" 22 ", " 123456 ")}`)).toBe(1234.56);
    expect(() => startOf("7 (gone) Z 1")).toThrow("no start time");
  });

  test("start a container with the first of them, the sandbox before all", () => {
    const processes = [
      { container: "openclaw", started: 11.2 },
      { container: "pause", started: 10.5 },
      { container: "openclaw", started: 10.9 },
    ];
    expect(containerStarts(processes)).toEqual([10.5, 10.9]);
  });
});

test("the kubelet's figures of a pod count once it has looked at all of it", () => {
  const pod = (uid: string, bytes: number | undefined) => ({
    podRef: { uid },
    memory: bytes === undefined ? {} : { workingSetBytes: bytes },
    cpu: { usageCoreNanoSeconds: 25e9 },
  });
  expect(usagesOf({ pods: [pod("a", 700 * 2 ** 20), pod("b", undefined)] })).toEqual(
    new Map([["a", { memoryMiB: 700, processorSeconds: 25 }]]),
  );
});

describe("pods of a crowd", () => {
  const pod = (
    uid: string,
    ...conditions: { type: string; status: string; reason?: string; message?: string }[]
  ) => ({
    metadata: { uid },
    status: { conditions },
  });
  const ready = pod("a", { type: "PodScheduled", status: "True" }, { type: "Ready", status: "True" });
  const refused = pod("b", {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: "1 Insufficient memory",
  });

  test("are ready or refused, with what the scheduler says", () => {
    expect(podStates({ items: [ready, refused] })).toEqual({
      ready: ["a"],
      refusals: ["1 Insufficient memory"],
      isWaiting: false,
    });
  });

  test("are waited for while one is neither", () => {
    expect(podStates({ items: [ready, pod("c", { type: "Ready", status: "False" })] }).isWaiting).toBe(true);
    expect(podStates({ items: [{ metadata: { uid: "d" }, status: {} }] }).isWaiting).toBe(true);
  });
});

const engine = "engine: official pulumi 3.259.0 (/opt/pulumi); stand-in random plugin";

describe("the report", () => {
  const run = (answered: number) => ({
    timeline: timeline({ answered }),
    processorSeconds: 28,
    chattedMiB: 1000,
  });
  const runs = [run(22_500), run(23_500), run(30_500)];

  test("has medians and ranges of milestones and parts", () => {
    const report = nodeReport({ engine, runs, crowd: undefined }, "A machine.");
    expect(report).toContain("Medians of 3 tenants of the plan basic, seconds. A machine.");
    expect(report).toContain("Engine: official pulumi 3.259.0; stand-in random plugin.");
    expect(report).toContain("| the first answer of a chat | 23.5 | 22.5 | 30.5 |");
    expect(report).toContain("| first chat | question to whole answer | 6.0 | 5.0 | 13.0 |");
    expect(report).toContain("takes 28.0 s of processor");
    expect(report).not.toContain("idle");
  });

  test("says how many fit and what ran out", () => {
    const crowd = { tenants: 20, refused: "1 Insufficient memory.", idleMiB: 650, totalMiB: 13_312 };
    const report = nodeReport({ engine, runs, crowd }, "A machine.");
    expect(report).toContain("| idle, never spoken to | 650 |\n| after 5 chats | 1000 |");
    expect(report).toContain(
      "20 idle tenants fit, with 13.0 GiB together. Of the next the scheduler says: 1 Insufficient",
    );
  });
});

test.each([
  [["--nodes", "fake"], "--nodes fake: must be simulated or real"],
  [["--nodes", "real", "--runs", "0"], "--runs 0: must be a whole number from 1"],
])("bench %j is refused", async (argv, message) => {
  await expect(main(argv)).rejects.toThrow(message);
});
