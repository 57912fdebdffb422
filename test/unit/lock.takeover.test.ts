import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type LockOwner, withLock } from "../../lib/system/lock.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const isAlive = vi.hoisted(() => vi.fn<(pid: number) => boolean>());
vi.mock("../../lib/system/process.ts", () => ({ isAlive }));

const dead = { pid: 11, host: hostname() };
const other = { pid: 12, host: hostname() };

function writeLock(lock: string, owner: LockOwner): void {
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, "owner.json"), JSON.stringify(owner));
}

test("a lock that another process has taken over meanwhile is put back, and waited for", async () => {
  using folder = temporaryFolder();
  const lock = join(folder.path, "lock");
  writeLock(lock, dead);
  isAlive.mockImplementation((pid) => {
    if (pid === dead.pid) {
      // What the other process does between our look at the owner and our taking the folder away.
      writeLock(lock, other);
    }
    return pid === other.pid;
  });
  const waitedFor: (LockOwner | undefined)[] = [];
  const result = await withLock(
    lock,
    async () => "done",
    (owner) => {
      waitedFor.push(owner);
      expect(readdirSync(folder.path)).toEqual(["lock"]);
      rmSync(lock, { recursive: true });
    },
  );
  expect(waitedFor).toEqual([other]);
  expect(result).toBe("done");
});

test("the owner of a lock is named once, however long it works", async () => {
  using folder = temporaryFolder();
  const lock = join(folder.path, "lock");
  writeLock(lock, other);
  let looks = 0;
  isAlive.mockImplementation(() => {
    looks += 1;
    if (looks === 3) {
      rmSync(lock, { recursive: true });
    }
    return true;
  });
  const waitedFor: (LockOwner | undefined)[] = [];
  await withLock(
    lock,
    async () => {},
    (owner) => waitedFor.push(owner),
  );
  expect(waitedFor).toEqual([other]);
});

test("whoever waits is told whose the lock is: this process of this host", async () => {
  using folder = temporaryFolder();
  const lock = join(folder.path, "lock");
  isAlive.mockReturnValue(true);
  const owner = Promise.withResolvers<LockOwner | undefined>();
  let second: Promise<string> | undefined;
  await withLock(lock, async () => {
    second = withLock(lock, async () => "second", owner.resolve);
    await expect(owner.promise).resolves.toEqual({ pid: process.pid, host: hostname() });
  });
  await expect(second).resolves.toBe("second");
});

test("a lock that cannot be made is an error, and nothing to wait for", async () => {
  using folder = temporaryFolder();
  const work = vi.fn<() => Promise<void>>();
  await expect(withLock(join(folder.path, "x".repeat(300)), work)).rejects.toThrow("ENAMETOOLONG");
  expect(work).not.toHaveBeenCalled();
});

test("the lock of another host is waited for: whether its owner lives cannot be known here", async () => {
  using folder = temporaryFolder();
  const lock = join(folder.path, "lock");
  const elsewhere = { ...dead, host: "elsewhere" };
  writeLock(lock, elsewhere);
  isAlive.mockReturnValue(false);
  const waitedFor: (LockOwner | undefined)[] = [];
  await withLock(
    lock,
    async () => {},
    (owner) => {
      waitedFor.push(owner);
      rmSync(lock, { recursive: true });
    },
  );
  expect(waitedFor).toEqual([elsewhere]);
});

test("a lock without an owner counts as held while its owner is being written, and not for ever", async () => {
  using folder = temporaryFolder();
  const lock = join(folder.path, "lock");
  mkdirSync(lock);
  const waitedFor: (LockOwner | undefined)[] = [];
  await withLock(
    lock,
    async () => {},
    (owner) => {
      waitedFor.push(owner);
      // A minute ago: whoever made it was killed before it wrote who it is.
      utimesSync(lock, new Date(), new Date(Date.now() - 60_000));
    },
  );
  expect(waitedFor).toEqual([undefined]);
  expect(existsSync(lock)).toBe(false);
});

test("a lock without an owner that is given back meanwhile is taken", async () => {
  using folder = temporaryFolder();
  const lock = join(folder.path, "lock");
  mkdirSync(lock);
  await withLock(
    lock,
    async () => expect(existsSync(lock)).toBe(true),
    () => rmSync(lock, { recursive: true }),
  );
  expect(existsSync(lock)).toBe(false);
});
