import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sourceHash } from "../../embedded/binaries/catalogue.ts";
import { checksumOf } from "../../embedded/binaries/download.ts";
import { processesOf } from "../../embedded/cluster/processes.ts";
import { withLock } from "../../lib/system/lock.ts";
import { run } from "../../lib/system/run.ts";
import { secondsText } from "../../lib/terminal/progress.ts";
import { exportLine, shellQuote } from "../../lib/terminal/quote.ts";
import { isStaleLock } from "../../ops/stack/locks.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openclaw-tools-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process id that was somebody's and is nobody's any more. */
const deadPid = () => Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));

test("one at a time holds a lock", async () => {
  const lock = join(folder, "lock");
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} in`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    events.push(`${name} out`);
  };
  await Promise.all([withLock(lock, work("a")), withLock(lock, work("b"))]);
  expect(events.map((event) => event.split(" ")[1])).toEqual(["in", "out", "in", "out"]);
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of a process that has ended is taken over", async () => {
  const lock = join(folder, "lock");
  await mkdir(lock);
  await writeFile(join(lock, "owner.json"), JSON.stringify({ pid: deadPid(), host: hostname() }));
  expect(await withLock(lock, async () => "done")).toBe("done");
  expect(await readdir(folder)).toEqual([]);
});

test("a lock is given back when the work fails", async () => {
  const lock = join(folder, "lock");
  await expect(withLock(lock, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await readdir(folder)).toEqual([]);
});

test("a stack lock is stale only if its owner was on this host and is gone", () => {
  const dead = () => false;
  expect(isStaleLock({ pid: 1, hostname: "here" }, "here", dead)).toBe(true);
  expect(isStaleLock({ pid: 1, hostname: "there" }, "here", dead)).toBe(false);
  expect(isStaleLock({ pid: 1, hostname: "here" }, "here", () => true)).toBe(false);
});

test("a cluster's processes are those started through its own folder", () => {
  const processes = [
    { pid: 1, command: "/home/cluster/clusters/openclaw/bin/etcd --data-dir=/home/cluster/x" },
    { pid: 2, command: "/home/cluster2/clusters/openclaw/bin/etcd" },
    { pid: 3, command: "vim /home/cluster/clusters/openclaw/bin/etcd" },
  ];
  expect(processesOf("/home/cluster", processes)).toEqual([{ pid: 1, program: "etcd" }]);
});

test("a shell reads a quoted word back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab '\"$`\\\n;|&*~#!=") }), (text) => {
      const script = `${exportLine("WORD", text)}; printf %s "$WORD"; printf %s ${shellQuote(text)}`;
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(text + text);
    }),
    { numRuns: 40 },
  );
});

test("a program that is too slow is ended with its children", async () => {
  const { code } = await run("sh", ["-c", "sleep 30 & sleep 30"], { timeout: 50 });
  expect(code).toBe(124);
});

test("a program that does not exist has exit code 127", async () => {
  expect((await run("/no/such/program", [])).code).toBe(127);
});

test.each([
  ["abc\n", "abc"],
  ["111  other\n222  etcd.tar.gz\n", "222"],
  ["222 *etcd.tar.gz", "222"],
  ["111  other\n", undefined],
])("the checksum in %j is %j", (text, expected) => {
  expect(checksumOf(text, "etcd.tar.gz")).toBe(expected);
});

test("the source hash changes with code and not with tests", async () => {
  await writeFile(join(folder, "main.go"), "package main");
  const before = sourceHash(folder);
  await writeFile(join(folder, "main_test.go"), "package main");
  expect(sourceHash(folder)).toBe(before);
  await writeFile(join(folder, "main.go"), "package other");
  expect(sourceHash(folder)).not.toBe(before);
});

test.each([
  [900, "0.9 s"],
  [31_400, "31 s"],
  [203_000, "3 min 23 s"],
  [179_700, "3 min 0 s"],
  [119_700, "2 min 0 s"],
  [119_400, "119 s"],
  [9_960, "10 s"],
  [59_600, "60 s"],
])("%d ms reads %j", (milliseconds, text) => {
  expect(secondsText(milliseconds)).toBe(text);
});
