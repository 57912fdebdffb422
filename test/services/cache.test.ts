import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { incarnationOf } from "./servers/owner.ts";
import { type CacheTenant, cacheLogin, Valkey } from "./servers/valkey.ts";

let valkey: Valkey;

beforeAll(async () => {
  valkey = await Valkey.start();
});

afterAll(() => valkey?.stop());

const done = { code: 0, stdout: "", stderr: "" };
const provision = async (tenant: CacheTenant) =>
  expect(await valkey.provisioning("provision", tenant)).toEqual(done);
const retire = async (tenant: CacheTenant) =>
  expect(await valkey.provisioning("retire", tenant)).toEqual(done);
const drop = async (tenant: CacheTenant) => expect(await valkey.provisioning("drop", tenant)).toEqual(done);

const accounts = async () => (await valkey.command(valkey.admin, "acl", "users")).split("\n");
const accountsOf = async (id: string) => (await accounts()).filter((name) => name.startsWith(`${id}_`));
const set = (tenant: CacheTenant, value: string) =>
  valkey.command(cacheLogin(tenant), "set", `${tenant.id}:key`, value);
const get = (tenant: CacheTenant) => valkey.command(cacheLogin(tenant), "get", `${tenant.id}:key`);

describe("an account", () => {
  test("is made, and made again without a change", async () => {
    const twice = { id: "twice" };
    await provision(twice);
    expect(await set(twice, "kept")).toBe("OK");
    const before = await valkey.command(valkey.admin, "acl", "list");
    const open = await valkey.connect(cacheLogin(twice));
    await provision(twice);
    expect(await valkey.command(valkey.admin, "acl", "list")).toBe(before);
    expect(await open.send("get", "twice:key")).toBe("kept");
    open.close();
  });

  test.each(["a", "0", "select", "acme--2", "on", "x".repeat(40), `${"9".repeat(20)}-${"z".repeat(19)}`])(
    "of the id %s has its own keys alone",
    async (id) => {
      await provision({ id });
      expect(await set({ id }, "its own")).toBe("OK");
      expect(await get({ id })).toBe("its own");
      for (const foreign of [id, `${id}-2:key`, `${id.slice(0, -1)}:key`, "other:key"]) {
        expect(await valkey.command(cacheLogin({ id }), "get", foreign)).toMatch(/^NOPERM/);
      }
      await drop({ id });
    },
  );

  test("is repaired if it lost a right, or has one too many", async () => {
    const repaired = { id: "repaired" };
    await provision(repaired);
    await valkey.command(valkey.admin, "acl", "setuser", "repaired_e1", "~*", "-get");
    await provision(repaired);
    expect(await get(repaired)).toBe("");
    expect(await valkey.command(cacheLogin(repaired), "get", "other:key")).toMatch(/^NOPERM/);
  });

  test("comes to be whenever its Job is killed and runs again", async () => {
    for (let milliseconds = 5; milliseconds <= 205; milliseconds += 40) {
      const killed = { id: `killed-${milliseconds}` };
      await valkey.provisioning("provision", killed, { timeout: milliseconds });
      await provision(killed);
      expect(await set(killed, "there")).toBe("OK");
    }
  });

  test("is there after a restart, with what was written", async () => {
    const lasting = { id: "lasting" };
    await provision(lasting);
    await set(lasting, "on the disk");
    await valkey.restart();
    expect(await get(lasting)).toBe("on the disk");
    expect(await accountsOf("lasting")).toEqual(["lasting_e1", "lasting_owner"]);
  });

  test("says what the server says when it cannot be made", async () => {
    const { code, stderr } = await valkey.provisioning("provision", { id: "broken name" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^acl setuser: ERR Usernames can't contain spaces/);
  });
});

describe("a rotation", () => {
  test("has a time in which both credentials work, and loses no write", async () => {
    const [old, renewed] = [{ id: "rotated" }, { id: "rotated", keyEpoch: 2 }];
    await provision(old);
    const acknowledged: string[] = [];
    const write = async (tenant: CacheTenant, until: Promise<unknown>) => {
      let isOver = false;
      void until.then(() => {
        isOver = true;
      });
      const connection = await valkey.connect(cacheLogin(tenant));
      while (!isOver) {
        const value = `${tenant.keyEpoch ?? 1}-${acknowledged.length}`;
        expect(await connection.send("rpush", "rotated:log", value)).toBeTypeOf("number");
        acknowledged.push(value);
      }
      connection.close();
    };

    const rolling = provision(renewed).then(() => wait(200));
    await Promise.all([write(old, rolling), rolling]);
    const retiring = wait(200).then(() => retire(renewed));
    await Promise.all([write(renewed, retiring), retiring]);

    const stored = await valkey.command(cacheLogin(renewed), "lrange", "rotated:log", "0", "-1");
    expect(stored.split("\n")).toEqual(acknowledged);
    expect(acknowledged.some((value) => value.startsWith("1-"))).toBe(true);
    expect(acknowledged.some((value) => value.startsWith("2-"))).toBe(true);
    expect(await valkey.command(cacheLogin(old), "get", "rotated:log")).toMatch(/^(WRONGPASS|NOAUTH|AUTH)/);
  });

  test("ends the old credential's connections, and nobody else's account", async () => {
    const [old, renewed, neighbour] = [{ id: "ended" }, { id: "ended", keyEpoch: 2 }, { id: "ended-2" }];
    for (const tenant of [old, renewed, neighbour]) {
      await provision(tenant);
    }
    const [ending, staying] = await Promise.all([
      valkey.connect(cacheLogin(old)),
      valkey.connect(cacheLogin(neighbour)),
    ]);
    await retire(renewed);
    await ending.ended;
    expect(await staying.send("ping")).toBe("PONG");
    staying.close();
    expect(await accountsOf("ended")).toEqual(["ended_e2", "ended_owner"]);
    expect(await accountsOf("ended-2")).toEqual(["ended-2_e1", "ended-2_owner"]);
  });
});

describe("a locked tenant", () => {
  test("is let in with no credential, keeps its keys, and gets in again once it is open", async () => {
    const locked = { id: "locked" };
    await provision(locked);
    await set(locked, "kept");
    const connection = await valkey.connect(cacheLogin(locked));
    await provision({ ...locked, access: "locked" });
    await connection.ended;
    expect(await get(locked)).toMatch(/^(WRONGPASS|NOAUTH|AUTH)/);
    await provision(locked);
    expect(await get(locked)).toBe("kept");
  });

  test("that never had an account gets none", async () => {
    await provision({ id: "never", access: "locked" });
    expect(await accountsOf("never")).toEqual([]);
  });
});

test("what is dropped is gone, keys of any name included, and a neighbour's stays", async () => {
  const [gone, neighbour] = [{ id: "gone" }, { id: "gone-2" }];
  await provision(gone);
  await provision(neighbour);
  await set(neighbour, "stays");
  const connection = await valkey.connect(cacheLogin(gone));
  for (let index = 0; index < 2500; index += 1) {
    await connection.send("set", `gone:${index} "\n'*`, "x");
  }
  await drop(gone);
  await connection.ended;
  expect(await valkey.command(valkey.admin, "keys", "gone:*")).toBe("");
  expect(await accountsOf("gone")).toEqual([]);
  expect(await get(neighbour)).toBe("stays");
});

describe("what is there already and not the tenant's", () => {
  /** @returns what the Job said, having changed nothing */
  async function refused(tenant: CacheTenant): Promise<string> {
    const before = await valkey.command(valkey.admin, "acl", "list");
    const { code, stdout, stderr } = await valkey.provisioning("provision", tenant);
    expect({ code, stdout }).toEqual({ code: 10, stdout: "" });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(await valkey.command(valkey.admin, "acl", "list")).toBe(before);
    return stderr;
  }

  test("is refused: a former tenant's accounts and keys, until they are dropped", async () => {
    const [former, next] = [{ id: "robin" }, { id: "robin", incarnation: incarnationOf("robin", 2) }];
    await provision(former);
    await set(former, "the former one's");
    const said = await refused(next);
    expect(said).toContain(`the account robin_e1, the keys robin:* (${incarnationOf("robin")})`);
    expect(said).toContain("npm run purge -- --tenant robin");
    await refused({ ...next, access: "locked" });
    await valkey.restart();
    await refused(next);
    await drop(former);
    expect(await accountsOf("robin")).toEqual([]);
    await provision(next);
    expect(await get(next)).toBe("");
    await refused(former);
  });

  test("is refused: an account, or keys, that somebody else made", async () => {
    await valkey.command(valkey.admin, "acl", "setuser", "lark_e1", "on", ">of-somebody", "~lark:*", "+get");
    expect(await refused({ id: "lark" })).toContain("the account lark_e1 (without an owner's mark)");
    await valkey.command(valkey.admin, "set", "wren:key", "of somebody");
    expect(await refused({ id: "wren" })).toContain("the keys wren:* (without an owner's mark)");
    await valkey.command(valkey.admin, "set", "wren-2:key", "of a neighbour");
    await provision({ id: "wre" });
  });

  test("is taken with ADOPT: what a program without marks made, and another tenant's", async () => {
    await provision({ id: "older", incarnation: "" });
    await set({ id: "older" }, "kept");
    await refused({ id: "older" });
    await provision({ id: "older", adopt: true });
    await provision({ id: "older" });
    expect(await get({ id: "older" })).toBe("kept");
    await provision({ id: "older", incarnation: incarnationOf("older", 2), adopt: true });
    await refused({ id: "older" });
  });

  test("is none of it when the Job was killed after it made the mark", async () => {
    await valkey.command(
      valkey.admin,
      "acl",
      "setuser",
      "begun_owner",
      "reset",
      `~${incarnationOf("begun")}`,
    );
    await provision({ id: "begun" });
    await refused({ id: "begun", incarnation: incarnationOf("begun", 2) });
  });

  test("is told by a mark that is not evicted, that nobody can log in as, and that no tenant can write", async () => {
    const tenant = { id: "marked" };
    await provision(tenant);
    const [mark] = (await valkey.command(valkey.admin, "acl", "list"))
      .split("\n")
      .filter((line) => line.startsWith("user marked_owner "));
    expect(mark).toMatch(/^user marked_owner off .*-@all$/);
    expect(await valkey.command({ user: "marked_owner", password: "" }, "ping")).toMatch(/WRONGPASS|NOAUTH/);
    expect(await valkey.command(cacheLogin(tenant), "acl", "setuser", "marked_owner", "on")).toMatch(
      /^NOPERM/,
    );
  });
});

test("a tenant that fills the cache stops nobody's writes, and what a neighbour uses stays", async () => {
  const [greedy, neighbour] = [{ id: "greedy" }, { id: "modest" }];
  await provision(greedy);
  await provision(neighbour);
  await set(neighbour, "used");
  for (let use = 0; use < 200; use += 1) {
    await get(neighbour);
  }
  const flood = Array.from({ length: 150 }, (_, index) => `setrange greedy:${index} 1000000 x`);
  expect(await valkey.session(cacheLogin(greedy), flood)).not.toMatch(/ERR|OOM/);
  expect(await valkey.command(valkey.admin, "info", "stats")).toMatch(/evicted_keys:[1-9]/);
  expect(await valkey.command(cacheLogin(neighbour), "set", "modest:new", "1")).toBe("OK");
  expect(await get(neighbour)).toBe("used");
});
