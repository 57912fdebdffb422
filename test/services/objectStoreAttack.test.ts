import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Signer, type StorePair, storeAttempts } from "./objectStoreAttempts.ts";
import type { SignedRequest, StoreAnswer } from "./servers/signedRequest.ts";
import { backupKey, filesKey, type StoreKey, Versitygw } from "./servers/versitygw.ts";
import { attemptTable } from "./table.ts";

let store: Versitygw;
const uploads: Record<string, string> = {};

const pairs = [
  ["acme", "acme-2"],
  ["acme-2", "acme"],
] as const;

beforeAll(async () => {
  store = await Versitygw.start();
  for (const id of ["acme", "acme-2"]) {
    expect(await store.provisioning("provision", { id })).toMatchObject({ code: 0, stderr: "" });
    for (const [key, bucket] of [
      [filesKey({ id }), `tenant-${id}`],
      [backupKey({ id }), `backup-${id}`],
    ] as const) {
      for (const name of ["secret", "unused", "public"]) {
        await putObject(store.client(key), bucket, name, `of-${id}`);
      }
    }
    uploads[id] = await beginUpload(store.client(filesKey({ id })), `tenant-${id}`);
  }
  await store.send(store.admin, { method: "PUT", path: "/control" });
});

afterAll(() => store?.stop());

const putObject = (client: S3Client, Bucket: string, Key: string, Body: string) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body }));

async function beginUpload(client: S3Client, Bucket: string): Promise<string> {
  const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "large" }));
  await client.send(new UploadPartCommand({ Bucket, Key: "large", UploadId, PartNumber: 1, Body: "x" }));
  return UploadId;
}

describe.each(pairs)("from %s into %s", (own, foreign) => {
  test("every attempt is refused, and works where it may", async () => {
    const keys = keysOf(own, foreign);
    const ask = async (signer: Signer, request: SignedRequest, isAdmin = false) =>
      said(await store.send(keys[signer], request, isAdmin ? store.adminEndpoint : store.endpoint));
    const rows = [];
    for (const { what, request, as, isAdmin, control } of storeAttempts) {
      // What a control uses up is there again for the next.
      uploads[foreign] = await beginUpload(store.client(filesKey({ id: foreign })), `tenant-${foreign}`);
      const pair: StorePair = {
        ...{ own, foreign },
        ownUpload: uploads[own] ?? "",
        foreignUpload: uploads[foreign],
      };
      const answer = await ask(as, request(pair), isAdmin);
      const controlled = await ask(control.as, (control.request ?? request)(pair), isAdmin);
      rows.push({ attempt: what, said: answer, control: controlled });
    }
    console.log(attemptTable(`the object store, from ${own} into ${foreign}`, rows));
    for (const [index, { what, refusal }] of storeAttempts.entries()) {
      expect.soft(rows[index]?.said, what).toMatch(refusal);
      expect.soft(rows[index]?.control, `${what}: control`).toMatch(/^20\d(?! without)/);
    }
    for (const [key, bucket] of [
      [filesKey({ id: foreign }), `tenant-${foreign}`],
      [backupKey({ id: foreign }), `backup-${foreign}`],
    ] as const) {
      const { Body } = await store.client(key).send(new GetObjectCommand({ Bucket: bucket, Key: "secret" }));
      expect(await Body?.transformToString()).toBe(`of-${foreign}`);
    }
  });

  test("a link that is signed with one's own key opens nothing of the neighbour's", async () => {
    const link = (key: StoreKey, id: string) => store.link(key, `/tenant-${id}/secret`);
    expect(said(await store.open(link(filesKey({ id: own }), foreign)))).toMatch(/^403 AccessDenied/);
    const altered = link(filesKey({ id: own }), own).replace(`/tenant-${own}/`, `/tenant-${foreign}/`);
    expect(said(await store.open(altered))).toMatch(/^403 SignatureDoesNotMatch/);
    expect(said(await store.open(link(filesKey({ id: own }), own)))).toMatch(/^200/);
    expect(said(await store.open(link(filesKey({ id: foreign }), foreign)))).toMatch(/^200/);
  });

  test("another's name with one's own secret is nobody", async () => {
    const key = { ...filesKey({ id: own }), accessKeyId: filesKey({ id: foreign }).accessKeyId };
    const request = { method: "GET", path: `/tenant-${foreign}/secret` };
    expect(said(await store.send(key, request))).toMatch(/^403 SignatureDoesNotMatch/);
    expect(said(await store.send(filesKey({ id: foreign }), request))).toMatch(/^200/);
  });
});

const keysOf = (own: string, foreign: string): Readonly<Record<Signer, StoreKey | undefined>> => ({
  files: filesKey({ id: own }),
  backups: backupKey({ id: own }),
  neighbour: filesKey({ id: foreign }),
  "neighbour's backups": backupKey({ id: foreign }),
  administrator: store.admin,
  nobody: undefined,
});

/** `403 AccessDenied`; `200 without objects` of a listing that is empty. */
function said({ status, body }: StoreAnswer): string {
  const code = /<Code>([^<]*)</.exec(body)?.[1];
  const empty =
    (body.includes("<ListBucketResult") && !body.includes("<Key>") && "without objects") ||
    (body.includes("<ListAllMyBucketsResult") && !body.includes("<Name>") && "without buckets");
  return [status, code ?? (empty || "")].join(" ");
}
