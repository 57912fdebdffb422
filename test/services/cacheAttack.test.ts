import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CacheAttempt, type CachePair, cacheAttempts } from "./cacheAttempts.ts";
import { cacheLogin, Valkey } from "./servers/valkey.ts";
import { attemptTable } from "./table.ts";

let valkey: Valkey;

const pairs = [
  ["acme", "acme-2"],
  ["acme-2", "acme"],
] as const;

beforeAll(async () => {
  valkey = await Valkey.start();
  for (const id of ["acme", "acme-2"]) {
    const { code, stderr } = await valkey.provisioning("provision", { id });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    await valkey.session(cacheLogin({ id }), [
      ...["secret", "key", "moved", "spare"].map((key) => `set ${id}:${key} of-${id}`),
      `sadd ${id}:set one two`,
      `rpush ${id}:queue 1 2 3 4 5 6 7 8`,
      `xadd ${id}:stream * field value`,
    ]);
  }
});

afterAll(() => valkey?.stop());

describe.each(pairs)("from %s into %s", (own, foreign) => {
  const pair: CachePair = { own, foreign, foreignPassword: cacheLogin({ id: foreign }).password };

  test("every attempt is refused, and works where it may", async () => {
    const rows = [];
    for (const attempt of cacheAttempts) {
      const said = lastLine(await valkey.session(cacheLogin({ id: own }), attempt.commands(pair)));
      rows.push({ attempt: attempt.what, said, control: await controlOf(attempt, pair) });
    }
    console.log(attemptTable(`the cache, from ${own} into ${foreign}`, rows));
    for (const [index, { refusal, what }] of cacheAttempts.entries()) {
      expect.soft(rows[index]?.said, what).toMatch(refusal);
      expect.soft(rows[index]?.control, `${what}: control`).not.toMatch(error);
    }
    expect(await valkey.command(cacheLogin({ id: foreign }), "get", `${foreign}:secret`)).toBe(
      `of-${foreign}`,
    );
  });
});

const error = /^\(error\)|^(NOPERM|ERR|WRONGPASS|NOAUTH)\b/;

const lastLine = (answers: string): string => answers.split("\n").at(-1) ?? "";

async function controlOf({ commands, control }: CacheAttempt, pair: CachePair): Promise<string> {
  const swapped = { ...pair, own: pair.foreign };
  switch (control) {
    case "neighbour":
      return lastLine(await valkey.session(cacheLogin({ id: pair.foreign }), commands(swapped)));
    case "administrator":
      return lastLine(await valkey.session(valkey.admin, commands(pair)));
    case "permission":
      return valkey.session(valkey.admin, [`acl dryrun openclaw-admin ${commands(pair).at(-1)}`]);
    default:
      return lastLine(await valkey.session(cacheLogin({ id: pair.own }), control(pair)));
  }
}

test("a script is held to the keys of who calls it, should tenants ever be given scripts", async () => {
  await valkey.command(valkey.admin, "acl", "setuser", "acme_e9", "reset", "on", ">x", "~acme:*", "+@all");
  const scripting = { user: "acme_e9", password: "x" };
  const script = (key: string) =>
    valkey.command(scripting, "eval", "return server.call('get', ARGV[1])", "0", key);
  expect(await script("acme:key")).toBe("of-acme");
  expect(await script("acme-2:key")).toMatch(/NOPERM|can't access|ACL failure/i);
  await valkey.command(valkey.admin, "acl", "deluser", "acme_e9");
});

test("nobody is served before logging in", async () => {
  const nobody = { user: "default", password: "" };
  expect(await valkey.command(nobody, "get", "acme:secret")).toMatch(/^(NOAUTH|AUTH failed)/);
  expect(await valkey.command(nobody, "info")).toMatch(/^(NOAUTH|AUTH failed)/);
});

test("nobody is served without TLS", async () => {
  const socket = connect(valkey.port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  socket.write("PING\r\n");
  await new Promise((resolve) => {
    socket.on("close", resolve);
  });
  expect(answer).not.toContain("PONG");
});

test("a tenant may give the commands of its list and no others", async () => {
  const all = (await valkey.command(valkey.admin, "acl", "cat")).split("\n");
  const perCategory = await Promise.all(all.map((name) => valkey.command(valkey.admin, "acl", "cat", name)));
  const known = [...new Set(perCategory.flatMap((text) => text.split("\n")))].toSorted();
  // `client` is none, `client|id` is one.
  const names = known.filter((name) => !known.some((other) => other.startsWith(`${name}|`)));
  // A command is told with the fewest words that it takes.
  const lines = names.flatMap((name) =>
    [0, 1, 2, 3, 4, 5].map(
      (words) => `acl dryrun acme_e1 ${name.replace("|", " ")}${" acme:x".repeat(words)}`,
    ),
  );
  const answers = (await valkey.session(valkey.admin, lines)).split("\n").filter((line) => line !== "");
  expect(answers).toHaveLength(lines.length);
  const allowed = names.filter((_, index) => {
    const own = answers.slice(index * 6, index * 6 + 6);
    return !own.some((answer) => answer.includes("no permissions to run"));
  });
  await expect(`${allowed.join("\n")}\n`).toMatchFileSnapshot("cacheCommands.txt");
});
