import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { incarnationOf } from "./servers/owner.ts";
import type { SignedRequest } from "./servers/signedRequest.ts";
import { backupKey, filesKey, type StoreKey, type StoreTenant, Versitygw } from "./servers/versitygw.ts";

let store: Versitygw;

beforeAll(async () => {
  store = await Versitygw.start();
});

afterAll(() => store?.stop());

const done = { code: 0, stdout: "", stderr: "" };
const provision = async (tenant: StoreTenant) =>
  expect(await store.provisioning("provision", tenant)).toEqual(done);
const retire = async (tenant: StoreTenant) =>
  expect(await store.provisioning("retire", tenant)).toEqual(done);
const drop = async (tenant: StoreTenant) => expect(await store.provisioning("drop", tenant)).toEqual(done);

const filesOf = ({ id }: StoreTenant) => `tenant-${id}`;
const backupsOf = ({ id }: StoreTenant) => `backup-${id}`;

/** @returns the code of the error if it is refused */
async function put(key: StoreKey, bucket: string, name: string, text = "text"): Promise<string> {
  const command = new PutObjectCommand({ Bucket: bucket, Key: name, Body: text });
  return store
    .client(key)
    .send(command)
    .then(
      () => "stored",
      (error: Error) => error.name,
    );
}

async function get(key: StoreKey, bucket: string, name: string): Promise<string> {
  return store
    .client(key)
    .send(new GetObjectCommand({ Bucket: bucket, Key: name }))
    .then(
      async ({ Body }) => (await Body?.transformToString()) ?? "",
      (error: Error) => error.name,
    );
}

async function accounts(): Promise<string[]> {
  const request = { method: "PATCH", path: "/list-users" };
  const { body } = await store.send(store.admin, request, store.adminEndpoint);
  return [...body.matchAll(/<Access>([^<]*)</g)].flatMap(([, name]) => name ?? []);
}
const accountsOf = async (id: string) => (await accounts()).filter((name) => name.startsWith(`${id}_`));

describe("a tenant's account", () => {
  test("does with its bucket what applications do", async () => {
    const tenant = { id: "ordinary" };
    await provision(tenant);
    const client = store.client(filesKey(tenant));
    const Bucket = filesOf(tenant);
    const Key = "tenants/ordinary/a file";
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "text" }));
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).Contents).toMatchObject([{ Key }]);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "large" }));
    await client.send(new UploadPartCommand({ Bucket, Key: "large", UploadId, PartNumber: 1, Body: "x" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "text" }));
    const { Deleted } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }),
    );
    expect(Deleted).toEqual([{ Key }]);
  });

  test("is made again without a change", async () => {
    const tenant = { id: "twice" };
    await provision(tenant);
    await put(filesKey(tenant), filesOf(tenant), "file", "kept");
    const before = await accounts();
    await provision(tenant);
    expect(await accounts()).toEqual(before);
    expect(await get(filesKey(tenant), filesOf(tenant), "file")).toBe("kept");
  });

  test.each(["abc", "0", "policy", "acme--2", "x".repeat(40), `${"9".repeat(20)}-${"z".repeat(19)}`])(
    "of the id %s has its own bucket alone",
    async (id) => {
      const tenant = { id };
      await provision(tenant);
      await provision({ id: `${id.slice(0, 37)}-2` });
      expect(await put(filesKey(tenant), filesOf(tenant), "file")).toBe("stored");
      expect(await put(filesKey(tenant), `tenant-${id.slice(0, 37)}-2`, "file")).toBe("AccessDenied");
      expect(await put(filesKey(tenant), backupsOf(tenant), "file")).toBe("AccessDenied");
      expect(await put(backupKey(tenant), backupsOf(tenant), "file")).toBe("stored");
      expect(await put(backupKey(tenant), filesOf(tenant), "file")).toBe("AccessDenied");
    },
  );

  test("gets its secret key and role back if they are others", async () => {
    const tenant = { id: "repaired" };
    await provision(tenant);
    const request = {
      method: "PATCH",
      path: "/update-user",
      query: "access=repaired_e1",
      body: "<Account><Secret>another</Secret><Role>admin</Role></Account>",
    };
    expect(await store.send(store.admin, request, store.adminEndpoint)).toMatchObject({ status: 200 });
    await provision(tenant);
    expect(await put(filesKey(tenant), filesOf(tenant), "file")).toBe("stored");
    expect(await put(filesKey(tenant), backupsOf(tenant), "file")).toBe("AccessDenied");
  });

  test("comes to be whenever its Job is killed and runs again", async () => {
    for (let milliseconds = 20; milliseconds <= 620; milliseconds += 100) {
      const tenant = { id: `killed-${milliseconds}` };
      await store.provisioning("provision", tenant, { timeout: milliseconds });
      await provision(tenant);
      expect(await put(filesKey(tenant), filesOf(tenant), "file")).toBe("stored");
      expect(await put(backupKey(tenant), backupsOf(tenant), "file")).toBe("stored");
    }
  });

  // versitygw 1.7's cache of accounts takes one for another: its keys lie in memory that the next request writes to.
  test("is never taken for another's, however often all of them are made again", async () => {
    const tenants = Array.from({ length: 100 }, (_, index) => ({ id: `fleet-${100 + index}` }));
    const ask = async (request: SignedRequest, endpoint?: string) =>
      expect((await store.send(store.admin, request, endpoint)).status).toBeLessThan(300);
    const makeAccount = (path: string, { accessKeyId, secretAccessKey }: StoreKey, query = "") => {
      const body = `<Account><Access>${accessKeyId}</Access><Secret>${secretAccessKey}</Secret><Role>user</Role></Account>`;
      return ask({ method: "PATCH", path, query, body }, store.adminEndpoint);
    };
    for (const tenant of tenants) {
      const [key, bucket] = [filesKey(tenant), filesOf(tenant)];
      const Principal = { AWS: [key.accessKeyId] };
      const Resource = [`arn:aws:s3:::${bucket}/*`];
      const Statement = [{ Effect: "Allow", Principal, Action: ["s3:PutObject"], Resource }];
      const body = JSON.stringify({ Version: "2012-10-17", Statement });
      await makeAccount("/create-user", key);
      await ask({ method: "PUT", path: `/${bucket}` });
      await ask({ method: "PUT", path: `/${bucket}`, query: "policy=", body });
    }

    const refused: string[] = [];
    for (let round = 1; round <= 4; round++) {
      for (const tenant of tenants) {
        const key = filesKey(tenant);
        await makeAccount("/update-user", key, `access=${key.accessKeyId}`);
        const request = { method: "PUT", path: `/${filesOf(tenant)}/file`, body: "text" };
        const { status } = await store.send(key, request);
        if (status !== 200) {
          refused.push(`${key.accessKeyId} in round ${round}: ${status}`);
        }
      }
    }
    expect(refused).toEqual([]);
  });

  test("is there after a restart, with its files", async () => {
    const tenant = { id: "lasting" };
    await provision(tenant);
    await put(filesKey(tenant), filesOf(tenant), "file", "on the disk");
    await store.restart();
    expect(await get(filesKey(tenant), filesOf(tenant), "file")).toBe("on the disk");
  });

  test("is made for backups alone without data services", async () => {
    const tenant = { id: "backed-up", files: "no" } as const;
    await provision(tenant);
    expect(await accountsOf(tenant.id)).toEqual(["backed-up_backup_e1"]);
    expect(await put(backupKey(tenant), backupsOf(tenant), "file")).toBe("stored");
    expect(await get(store.admin, filesOf(tenant), "file")).toBe("NoSuchBucket");
  });

  test("says what the server says when it cannot be made", async () => {
    const { code, stderr } = await store.provisioning("provision", { id: "no_bucket_name" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^GET https:\S+ 400 .*InvalidBucketName/s);
  });
});

describe("a rotation", () => {
  test("has a time in which both credentials work, and loses no write", async () => {
    const [old, renewed] = [{ id: "rotated" }, { id: "rotated", keyEpoch: 2 }];
    await provision(old);
    const stored: string[] = [];
    const write = async (key: StoreKey, until: Promise<unknown>) => {
      let isOver = false;
      void until.then(() => {
        isOver = true;
      });
      while (!isOver) {
        const name = `${key.accessKeyId}-${stored.length}`;
        expect(await put(key, "tenant-rotated", name)).toBe("stored");
        stored.push(name);
      }
    };

    const rolling = provision(renewed).then(() => wait(200));
    await Promise.all([write(filesKey(old), rolling), rolling]);
    const retiring = wait(200).then(() => retire(renewed));
    await Promise.all([write(filesKey(renewed), retiring), retiring]);

    for (const name of stored) {
      expect(await get(filesKey(renewed), "tenant-rotated", name)).toBe("text");
    }
    expect(stored.some((name) => name.startsWith("rotated_e1-"))).toBe(true);
    expect(stored.some((name) => name.startsWith("rotated_e2-"))).toBe(true);
    expect(await get(filesKey(old), "tenant-rotated", "file")).toBe("InvalidAccessKeyId");
  });

  test("leaves a neighbour's account", async () => {
    const [old, renewed, neighbour] = [{ id: "ended" }, { id: "ended", keyEpoch: 2 }, { id: "ended-2" }];
    for (const tenant of [old, renewed, neighbour]) {
      await provision(tenant);
    }
    await retire(renewed);
    expect(await accountsOf("ended")).toEqual(["ended_backup_e2", "ended_e2"]);
    expect(await accountsOf("ended-2")).toEqual(["ended-2_backup_e1", "ended-2_e1"]);
  });
});

test("a locked tenant's files are closed and kept, its backups open; open again, they are there", async () => {
  const tenant = { id: "locked" };
  await provision(tenant);
  await put(filesKey(tenant), filesOf(tenant), "file", "kept");
  await provision({ ...tenant, access: "locked" });
  expect(await get(filesKey(tenant), filesOf(tenant), "file")).toBe("AccessDenied");
  expect(await put(filesKey(tenant), filesOf(tenant), "file")).toBe("AccessDenied");
  expect(await put(backupKey(tenant), backupsOf(tenant), "final")).toBe("stored");
  await provision(tenant);
  expect(await get(filesKey(tenant), filesOf(tenant), "file")).toBe("kept");
});

describe("what is dropped", () => {
  test("is gone, files of any name and half uploads included, and a neighbour's stays", async () => {
    const [tenant, neighbour] = [{ id: "gone" }, { id: "gone-2" }];
    await provision(tenant);
    await provision(neighbour);
    await put(filesKey(neighbour), filesOf(neighbour), "file", "stays");
    const client = store.client(filesKey(tenant));
    const Bucket = filesOf(tenant);
    for (let batch = 0; batch < 30; batch += 1) {
      const names = Array.from({ length: 40 }, (_, index) => `${batch}/<a> & 'b' "\n ü%2F${index}`);
      await Promise.all(names.map((name) => put(filesKey(tenant), Bucket, name)));
    }
    await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "large" }));
    await put(backupKey(tenant), backupsOf(tenant), "file");
    await drop(tenant);
    expect(await accountsOf("gone")).toEqual([]);
    expect(await get(store.admin, Bucket, "file")).toBe("NoSuchBucket");
    expect(await get(store.admin, backupsOf(tenant), "file")).toBe("NoSuchBucket");
    expect(await get(filesKey(neighbour), filesOf(neighbour), "file")).toBe("stays");
    await drop(tenant);
  });

  test("with a name that no XML can tell: the answer says what to do", async () => {
    const tenant = { id: "unnamable" };
    await provision(tenant);
    await put(filesKey(tenant), filesOf(tenant), "file\u0001");
    const { code, stderr } = await store.provisioning("drop", tenant);
    expect(code).toBe(1);
    expect(stderr).toContain("rm -r /data/buckets/tenant-unnamable");
    await rm(store.bucketFolder("tenant-unnamable"), { recursive: true });
    await drop(tenant);
  });
});

describe("what is there already and not the tenant's", () => {
  /** @returns what the Job said, having changed nothing */
  async function refused(tenant: StoreTenant): Promise<string> {
    const before = await everything(tenant);
    const { code, stdout, stderr } = await store.provisioning("provision", tenant);
    expect({ code, stdout }).toEqual({ code: 10, stdout: "" });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(await everything(tenant)).toEqual(before);
    return stderr;
  }
  const everything = async (tenant: StoreTenant) => ({
    accounts: await accounts(),
    policies: await Promise.all(
      [filesOf(tenant), backupsOf(tenant)].map(async (bucket) => {
        const request = { method: "GET", path: `/${bucket}`, query: "policy=" };
        const { status, body } = await store.send(store.admin, request);
        return { status, body: status === 200 ? body : "" };
      }),
    ),
  });
  const makeBucket = async (bucket: string) =>
    expect(await store.send(store.admin, { method: "PUT", path: `/${bucket}` })).toMatchObject({
      status: 200,
    });
  const makeAccount = async (name: string) => {
    const body = `<Account><Access>${name}</Access><Secret>of-somebody</Secret><Role>user</Role></Account>`;
    const request = { method: "PATCH", path: "/create-user", body };
    expect((await store.send(store.admin, request, store.adminEndpoint)).status).toBeLessThan(300);
  };

  test("is refused: a former tenant's buckets and accounts, until they are dropped", async () => {
    const [former, next] = [{ id: "robin" }, { id: "robin", incarnation: incarnationOf("robin", 2) }];
    await provision(former);
    await put(filesKey(former), filesOf(former), "letter");
    const said = await refused(next);
    for (const what of [
      "bucket tenant-robin",
      "bucket backup-robin",
      "account robin_e1",
      "account robin_backup_e1",
    ]) {
      expect(said).toContain(`the ${what},`);
    }
    expect(said).toContain(incarnationOf("robin"));
    expect(said).toContain("npm run purge -- --tenant robin");
    await refused({ ...next, access: "locked", files: "no" });
    await drop(former);
    await provision(next);
    expect(await get(filesKey(next), filesOf(next), "letter")).toBe("NoSuchKey");
    await refused(former);
  });

  test("is refused: a bucket or an account that somebody else made", async () => {
    await makeBucket("tenant-lark");
    expect(await refused({ id: "lark" })).toContain("the bucket tenant-lark, (without an owner's mark)");
    await makeBucket("backup-wren");
    expect(await refused({ id: "wren" })).toContain("the bucket backup-wren, (without an owner's mark)");
    await makeAccount("finch_e3");
    expect(await refused({ id: "finch" })).toContain("the account finch_e3, (without an owner's mark)");
    await makeAccount("siskin_backup_e1");
    expect(await refused({ id: "siskin" })).toContain("the account siskin_backup_e1,");
  });

  test("is refused: a bucket for files that somebody made while the tenant had none", async () => {
    const tenant = { id: "modest", access: "locked", files: "no" } as const;
    await provision(tenant);
    await makeBucket("tenant-modest");
    expect(await refused({ id: "modest" })).toContain("the bucket tenant-modest,");
  });

  test("is taken with ADOPT: what a program without marks made, and another tenant's", async () => {
    const tenant = { id: "older" };
    await provision({ ...tenant, incarnation: "" });
    await put(filesKey(tenant), filesOf(tenant), "letter", "kept");
    await refused(tenant);
    await provision({ ...tenant, adopt: true, access: "locked" });
    await provision(tenant);
    expect(await get(filesKey(tenant), filesOf(tenant), "letter")).toBe("kept");
    await provision({ ...tenant, incarnation: incarnationOf("older", 2), adopt: true });
    await refused(tenant);
  });

  test("is told by a mark that no tenant reads or writes", async () => {
    const tenant = { id: "marked" };
    await provision(tenant);
    for (const key of [filesKey(tenant), backupKey(tenant)]) {
      expect(await get(key, "openclaw-owners", filesOf(tenant))).toBe("AccessDenied");
      expect(await put(key, "openclaw-owners", filesOf(tenant), "another")).toBe("AccessDenied");
    }
    const mark = { method: "GET", path: `/openclaw-owners/${filesOf(tenant)}` };
    expect((await store.send(store.admin, mark)).body).toBe(incarnationOf("marked"));
  });
});
