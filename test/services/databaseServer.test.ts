import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../lib/system/run.ts";
import { Postgres } from "./servers/postgres.ts";

let postgres: Postgres;

beforeEach(async () => {
  postgres = await Postgres.start();
  await postgres.query("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('heron')");
});

afterEach(() => postgres.stop());

const kept = () => postgres.query("SELECT word FROM kept");

test("the administrator's password is that of the Secret from the next start on, whatever is in it", async () => {
  const password = `it's "odd" \\ $HOME %s`;
  await postgres.changeAdminPassword(password);
  await postgres.shutDown();
  await postgres.startAgain();
  expect(await postgres.query("SELECT word FROM kept", { password })).toEqual([{ word: "heron" }]);
  await expect(kept()).rejects.toThrow("password authentication failed");
});

test("told to end, it ends although clients are in the middle of something", {
  timeout: 30_000,
}, async () => {
  const session = await postgres.connect();
  await session.query("BEGIN; INSERT INTO kept VALUES ('never committed')");
  const started = Date.now();
  await postgres.shutDown();
  expect(Date.now() - started).toBeLessThan(15_000);
  expect(postgres.log()).toContain("database system is shut down");
  await postgres.startAgain();
  expect(await kept()).toEqual([{ word: "heron" }]);
});

test("killed, it starts again with all that was committed", async () => {
  await postgres.crash();
  await postgres.startAgain();
  expect(await kept()).toEqual([{ word: "heron" }]);
});

test("a volume whose files were given to the group is taken back", async () => {
  await postgres.shutDown();
  // As the kubelet does for a pod with fsGroup.
  await run("chmod", ["-R", "g+rwX", postgres.volume]);
  await postgres.startAgain();
  expect(await kept()).toEqual([{ word: "heron" }]);
  expect((await stat(join(postgres.volume, "pgdata"))).mode & 0o777).toBe(0o700);
});

test("a first start that was killed leaves nothing that the next one stumbles over", async () => {
  await postgres.crash();
  // What there is until the new cluster is complete and gets its name.
  await run("mv", [join(postgres.volume, "pgdata"), join(postgres.volume, "pgdata.new")]);
  await run("rm", [join(postgres.volume, "pgdata.new/global/pg_control")]);
  await postgres.startAgain();
  expect(await postgres.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  expect(await readdir(postgres.volume)).toEqual(["pgdata"]);
});

test("its pages have checksums, and it sorts by no library of the system", async () => {
  expect(
    await postgres.query(
      `SELECT current_setting('data_checksums') AS checksums, current_setting('ssl_min_protocol_version') AS tls,
              (SELECT array_agg(DISTINCT datlocprovider::text) FROM pg_database) AS providers,
              (SELECT count(*)::int FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256') AS other_methods`,
    ),
  ).toEqual([{ checksums: "on", tls: "TLSv1.2", providers: ["b"], other_methods: 0 }]);
});
