import { expect, test } from "vitest";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { activityOf, failureOf, outcomeOf, podsSchema } from "../../ops/backup/jobProgress.ts";
import { restoreIdOf } from "../../ops/backup/restorePlan.ts";
import { backupAt, backupsOf, backupTable, momentOf, sizeText } from "../../ops/backup/snapshots.ts";

const listed = backupsOf(
  [
    "a warning that stands before it",
    JSON.stringify([
      {
        id: "b".repeat(64),
        time: "2026-11-21T03:10:00.123456789+08:00",
        tags: ["scheduled", "database"],
        summary: { total_bytes_processed: 7_411_966 },
      },
      { id: "a".repeat(64), time: "2026-11-19T19:10:00Z", tags: ["scheduled"] },
      { id: "d".repeat(64), time: "2026-11-21T09:00:00Z", tags: ["manual", "database"] },
      {
        id: "c".repeat(64),
        time: "2026-11-21T12:00:00Z",
        tags: ["final"],
        summary: { total_bytes_processed: 0 },
      },
    ]),
  ].join("\n"),
);

test("restic's list becomes backups in the order of their time, in UTC", () => {
  expect(listed.map(({ time, reason, hasDatabase, bytes }) => [time, reason, hasDatabase, bytes])).toEqual([
    ["2026-11-19T19:10:00.000Z", "scheduled", false, 0],
    ["2026-11-20T19:10:00.123Z", "scheduled", true, 7_411_966],
    ["2026-11-21T09:00:00.000Z", "manual", true, 0],
    ["2026-11-21T12:00:00.000Z", "final", false, 0],
  ]);
  expect(backupTable(listed).split("\n")).toEqual([
    "TIME                     SIZE  WHAT             WHY        ID",
    "2026-11-19T19:10:00Z      0 B  state            scheduled  aaaaaaaa",
    "2026-11-20T19:10:00Z  7.1 MiB  state, database  scheduled  bbbbbbbb",
    "2026-11-21T09:00:00Z      0 B  state, database  manual     dddddddd",
    "2026-11-21T12:00:00Z      0 B  state            final      cccccccc",
  ]);
  expect(backupsOf("[]")).toEqual([]);
  expect(() => backupsOf("Fatal: wrong password")).toThrow(UserError);
});

test("the last backup at or before the moment is chosen, whatever its zone", () => {
  const chosen = (at: string) => backupAt(listed, at, "acme").id[0];
  expect(chosen("latest")).toBe("c");
  expect(chosen("2026-11-21T03:10:01+08:00")).toBe("b");
  expect(chosen("2026-11-21T03:10:00+08:00")).toBe("a");
  expect(chosen("2026-11-19T19:10:00Z")).toBe("a");
  expect(chosen("2026-11-20")).toBe("b");
  expect(() => chosen("2026-11-19T19:09:59Z")).toThrow(/no backup of .* its first is of 2026-11-19T19:10/);
  expect(() => backupAt([], "latest", "acme")).toThrow("The tenant acme has no backup yet.");
});

test("a time without a zone, or none at all, is refused with what would be right", () => {
  for (const wrong of ["2026-11-20T03:00:00", "yesterday", "", "20.11.2026", "2026-13-01"]) {
    expect(() => momentOf(wrong), wrong).toThrow(UsageError);
    expect(() => momentOf(wrong)).toThrow(/2026-11-20T03:00:00\+08:00/);
  }
});

test("sizes are told in the unit that fits", () => {
  expect([0, 1023, 1024, 7_411_966, 5 * 2 ** 30, 300 * 2 ** 40].map(sizeText)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "7.1 MiB",
    "5.0 GiB",
    "300 TiB",
  ]);
});

test("a restore's id is its minute in UTC, and fits a database's name", () => {
  const id = restoreIdOf(new Date("2026-11-21T20:47:59.999Z"));
  expect(id).toBe("2611212047");
  expect(`tenant_${"a".repeat(40)}_was_${id}`.length).toBeLessThanOrEqual(63);
});

const pod = (created: string, status: object) => ({
  metadata: { name: "p", creationTimestamp: created },
  status,
});
const pods = (...items: object[]) => podsSchema.parse({ items }).items;

test("a Job that failed says which step did, and what it said last; of the newest pod", () => {
  const failed = (message: string) => ({
    initContainerStatuses: [
      { name: "state", state: { terminated: { exitCode: 0 } } },
      { name: "database", state: { terminated: { exitCode: 2, message } } },
    ],
  });
  const both = pods(
    pod("2026-11-21T02:00:00Z", failed("the second\n")),
    pod("2026-11-21T01:00:00Z", failed("the first")),
  );
  expect(failureOf(both)).toBe("database: the second");
  expect(failureOf(pods(pod("2026-11-21T01:00:00Z", failed(""))))).toBe("database: exit code 2");
  expect(failureOf([])).toBeUndefined();
});

test("whoever waits sees the step that runs, or what keeps it from running", () => {
  const running = { containerStatuses: [{ name: "store", state: { running: {} } }] };
  const stuck = {
    containerStatuses: [
      { name: "store", state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } },
    ],
  };
  const pending = {
    conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }],
  };
  const now = "2026-11-21T01:00:00Z";
  expect(activityOf(pods(pod(now, running)))).toBe("store");
  expect(activityOf(pods(pod(now, stuck)))).toBe("store: no such image");
  expect(activityOf(pods(pod(now, pending)))).toBe("pending: 0/3 nodes are available");
  expect(activityOf([])).toBe("no pod yet");
});

test("a Job's outcome is in its conditions that hold", () => {
  const of = (...conditions: { type: string; status: string }[]) =>
    outcomeOf({ metadata: { creationTimestamp: "" }, status: { conditions } });
  expect(of()).toBe("running");
  expect(of({ type: "Complete", status: "False" })).toBe("running");
  expect(of({ type: "Complete", status: "True" })).toBe("complete");
  expect(of({ type: "Failed", status: "True" })).toBe("failed");
});
