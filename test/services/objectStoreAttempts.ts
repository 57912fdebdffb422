import { createHash } from "node:crypto";
import type { SignedRequest } from "./servers/signedRequest.ts";

/** Two tenants. Each has an object `secret`, and a half upload to `large`. */
export interface StorePair {
  readonly own: string;
  readonly foreign: string;
  /** Of the uploads. */
  readonly ownUpload: string;
  readonly foreignUpload: string;
}

/** Whose key signs: the tenant's for its files or its backups, the neighbour's, the administrator's, or nobody's. */
export type Signer = "files" | "backups" | "neighbour" | "neighbour's backups" | "administrator" | "nobody";

export interface StoreAttempt {
  readonly what: string;
  readonly request: (pair: StorePair) => SignedRequest;
  readonly as: Signer;
  /** The API for administrators, which no tenant's pod reaches, instead of S3's. */
  readonly isAdmin?: boolean;
  /** Status and code of the answer. */
  readonly refusal: RegExp;
  /** With whose key the same works, or what else does. */
  readonly control: { readonly as: Signer; readonly request?: (pair: StorePair) => SignedRequest };
}

const denied = /^403 AccessDenied/;

/** Into the neighbour's bucket with one's own key; the neighbour's own shows that it would work. */
const intoBucket = (
  what: string,
  request: StoreAttempt["request"],
  more: Partial<StoreAttempt> = {},
): StoreAttempt => ({
  what,
  request,
  as: "files",
  refusal: denied,
  control: { as: "neighbour" },
  ...more,
});

const secretOf = (id: string) => `/tenant-${id}/secret`;
const get = (path: string, query = ""): SignedRequest => ({ method: "GET", path, query });
const put = (path: string, headers = {}, query = ""): SignedRequest => ({
  ...{ method: "PUT", path, headers, query },
  body: "put",
});

const deletion = "<Delete><Object><Key>unused</Key></Object></Delete>";
const md5 = (body: string) => ({ "content-md5": createHash("md5").update(body).digest("base64") });

/** A path that leads from one's own bucket elsewhere, under every signature that a server might compare it with. */
const path = (what: string, of: (pair: StorePair) => string, method = "GET"): StoreAttempt[] =>
  [false, true].map((resolved) =>
    intoBucket(
      `${method} ${what}${resolved ? ", signed as it resolves" : ""}`,
      (pair) => ({
        ...{ method, path: of(pair), body: method === "PUT" ? "put" : "" },
        signedPath: resolved ? new URL(of(pair).replaceAll("%2f", "/"), "https://x").pathname : of(pair),
      }),
      {
        refusal: /^(400|403|404) (?!NoSuchBucket)/,
        control: { as: "neighbour", request: ({ foreign }) => get(secretOf(foreign)) },
      },
    ),
  );

const publicPolicy = (bucket: string) =>
  JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      },
    ],
  });

/** A change of one's own bucket, which could open it to others; the administrator may make it to a bucket of tests. */
const ofBucket = (what: string, query: string, body: (bucket: string) => string): StoreAttempt => {
  const request = (bucket: string): SignedRequest => ({
    ...{ method: "PUT", path: `/${bucket}`, query, body: body(bucket), headers: md5(body(bucket)) },
  });
  return {
    what,
    request: ({ own }) => request(`tenant-${own}`),
    as: "files",
    refusal: denied,
    control: { as: "administrator", request: () => request("control") },
  };
};

export const storeAttempts: readonly StoreAttempt[] = [
  intoBucket("read an object", ({ foreign }) => get(secretOf(foreign))),
  intoBucket("read a part of it", ({ foreign }) => ({
    ...get(secretOf(foreign)),
    headers: { range: "bytes=0-1" },
  })),
  intoBucket("ask for its attributes", ({ foreign }) => ({
    ...get(secretOf(foreign), "attributes="),
    headers: { "x-amz-object-attributes": "ObjectSize" },
  })),
  intoBucket("read its tags", ({ foreign }) => get(secretOf(foreign), "tagging=")),
  intoBucket("write an object", ({ foreign }) => put(`/tenant-${foreign}/put`)),
  intoBucket("overwrite one", ({ foreign }) => put(`/tenant-${foreign}/unused`)),
  intoBucket("delete one", ({ foreign }) => ({ method: "DELETE", path: `/tenant-${foreign}/unused` })),
  intoBucket("delete several", ({ foreign }) => ({
    ...{ method: "POST", path: `/tenant-${foreign}`, query: "delete=", headers: md5(deletion) },
    body: deletion,
  })),
  intoBucket("list the bucket", ({ foreign }) => get(`/tenant-${foreign}`, "list-type=2")),
  intoBucket("list it as of old", ({ foreign }) => get(`/tenant-${foreign}`)),
  intoBucket("list its uploads", ({ foreign }) => get(`/tenant-${foreign}`, "uploads=")),
  intoBucket("ask where it is", ({ foreign }) => get(`/tenant-${foreign}`, "location=")),
  intoBucket("read its policy", ({ foreign }) => get(`/tenant-${foreign}`, "policy="), {
    control: { as: "administrator" },
  }),
  intoBucket("begin an upload", ({ foreign }) => ({
    method: "POST",
    path: `/tenant-${foreign}/new`,
    query: "uploads=",
  })),
  intoBucket("add a part to an upload of its", ({ foreign, foreignUpload }) =>
    put(`/tenant-${foreign}/large`, {}, `partNumber=2&uploadId=${foreignUpload}`),
  ),
  intoBucket("list the parts of an upload of its", ({ foreign, foreignUpload }) =>
    get(`/tenant-${foreign}/large`, `uploadId=${foreignUpload}`),
  ),
  intoBucket("break off an upload of its", ({ foreign, foreignUpload }) => ({
    ...{ method: "DELETE", path: `/tenant-${foreign}/large`, query: `uploadId=${foreignUpload}` },
  })),
  {
    what: "use its upload in one's own bucket",
    request: ({ own, foreignUpload }) =>
      put(`/tenant-${own}/large`, {}, `partNumber=2&uploadId=${foreignUpload}`),
    as: "files",
    refusal: /^404 NoSuchUpload/,
    control: {
      as: "files",
      request: ({ own, ownUpload }) => put(`/tenant-${own}/large`, {}, `partNumber=2&uploadId=${ownUpload}`),
    },
  },

  ...["/", "", "%2F"].map((variant) =>
    intoBucket(
      `copy it to oneself, source written with "${variant}"`,
      ({ own, foreign }) => ({
        ...{ method: "PUT", path: `/tenant-${own}/copy` },
        headers: {
          "x-amz-copy-source":
            variant === "%2F" ? `tenant-${foreign}%2Fsecret` : `${variant}tenant-${foreign}/secret`,
        },
      }),
      { control: { as: "administrator" } },
    ),
  ),
  intoBucket(
    "copy it by way of one's own",
    ({ own, foreign }) => ({
      ...{ method: "PUT", path: `/tenant-${own}/copy` },
      headers: { "x-amz-copy-source": `/tenant-${own}/../tenant-${foreign}/secret` },
    }),
    {
      refusal: /^(400|403|404) (?!NoSuchBucket)/,
      control: {
        as: "files",
        request: ({ own }) => ({
          ...{ method: "PUT", path: `/tenant-${own}/copy` },
          headers: { "x-amz-copy-source": `/tenant-${own}/secret` },
        }),
      },
    },
  ),
  intoBucket(
    "copy it as a part of one's own upload",
    ({ own, foreign, ownUpload }) => ({
      ...{ method: "PUT", path: `/tenant-${own}/large`, query: `partNumber=3&uploadId=${ownUpload}` },
      headers: { "x-amz-copy-source": `/tenant-${foreign}/secret` },
    }),
    { control: { as: "administrator" } },
  ),
  intoBucket(
    "give it away to the neighbour's bucket by copying",
    ({ own, foreign }) => ({
      ...{ method: "PUT", path: `/tenant-${foreign}/given` },
      headers: { "x-amz-copy-source": `/tenant-${own}/secret` },
    }),
    { control: { as: "administrator" } },
  ),

  ...path("/own/../foreign/secret", ({ own, foreign }) => `/tenant-${own}/../tenant-${foreign}/secret`),
  ...path(
    "/own/x/../../foreign/secret",
    ({ own, foreign }) => `/tenant-${own}/x/../../tenant-${foreign}/secret`,
  ),
  ...path("/own//../foreign/secret", ({ own, foreign }) => `/tenant-${own}//../tenant-${foreign}/secret`),
  ...path(
    "/own/%2e%2e/foreign/secret",
    ({ own, foreign }) => `/tenant-${own}/%2e%2e/tenant-${foreign}/secret`,
  ),
  ...path(
    "/own/%2e%2e%2fforeign%2fsecret",
    ({ own, foreign }) => `/tenant-${own}/%2e%2e%2ftenant-${foreign}%2fsecret`,
  ),
  ...path("/own/..%5cforeign/secret", ({ own, foreign }) => `/tenant-${own}/..%5ctenant-${foreign}/secret`),
  ...path(
    "/own/%252e%252e/foreign/secret",
    ({ own, foreign }) => `/tenant-${own}/%252e%252e/tenant-${foreign}/secret`,
  ),
  ...path("/own/../foreign/put", ({ own, foreign }) => `/tenant-${own}/../tenant-${foreign}/put`, "PUT"),
  ...path(
    "/own/%2e%2e/foreign/put",
    ({ own, foreign }) => `/tenant-${own}/%2e%2e/tenant-${foreign}/put`,
    "PUT",
  ),
  ...path("the file of accounts", ({ own }) => `/tenant-${own}/../../accounts/users.json`),
  ...path("the file of accounts, encoded", ({ own }) => `/tenant-${own}/%2e%2e/%2e%2e/accounts/users.json`),
  ...path("the file of accounts from a bucket ..", () => "/../accounts/users.json"),
  ...path("the file of accounts from a bucket %2e%2e", () => "/%2e%2e/accounts/users.json"),
  {
    what: "list by a prefix that leads out",
    request: ({ own, foreign }) => get(`/tenant-${own}`, `list-type=2&prefix=..%2Ftenant-${foreign}%2F`),
    as: "files",
    refusal: /^200 without objects/,
    control: { as: "files", request: ({ own }) => get(`/tenant-${own}`, "list-type=2") },
  },

  {
    what: "list all buckets",
    request: () => get("/"),
    as: "files",
    refusal: /^200 without buckets/,
    control: { as: "administrator" },
  },
  {
    what: "make a bucket",
    request: ({ own }) => ({ method: "PUT", path: `/tenant-${own}-more` }),
    as: "files",
    refusal: denied,
    control: { as: "administrator" },
  },
  {
    what: "remove one's own bucket",
    request: ({ own }) => ({ method: "DELETE", path: `/tenant-${own}` }),
    as: "files",
    refusal: denied,
    control: {
      as: "administrator",
      request: ({ own }) => ({ method: "DELETE", path: `/tenant-${own}-more` }),
    },
  },
  ofBucket("open one's own bucket to the world by a policy", "policy=", publicPolicy),
  {
    what: "by an access list",
    request: ({ own }) => put(`/tenant-${own}`, { "x-amz-acl": "public-read-write" }, "acl="),
    as: "files",
    refusal: denied,
    // Nobody sets one: the server has them switched off.
    control: { as: "administrator", request: ({ own }) => get(`/tenant-${own}`, "acl=") },
  },
  ofBucket(
    "let any web page in",
    "cors=",
    () =>
      "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
  ),
  ofBucket(
    "change who owns objects",
    "ownershipControls=",
    () =>
      "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
  ),
  ofBucket(
    "tag the bucket",
    "tagging=",
    () => "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
  ),

  {
    what: "read without a key",
    request: ({ foreign }) => get(secretOf(foreign)),
    as: "nobody",
    refusal: denied,
    control: { as: "neighbour" },
  },
  {
    what: "read without a key what was stored as public",
    request: ({ own }) => get(`/tenant-${own}/public`),
    as: "nobody",
    refusal: denied,
    control: {
      as: "files",
      request: ({ own }) => put(`/tenant-${own}/public`, { "x-amz-acl": "public-read" }),
    },
  },
  {
    what: "list without a key",
    request: ({ foreign }) => get(`/tenant-${foreign}`, "list-type=2"),
    as: "nobody",
    refusal: denied,
    control: { as: "neighbour" },
  },

  {
    what: "read one's own backups with the key for files",
    request: ({ own }) => get(`/backup-${own}/secret`),
    as: "files",
    refusal: denied,
    control: { as: "backups" },
  },
  {
    what: "delete one's own backups with it",
    request: ({ own }) => ({ method: "DELETE", path: `/backup-${own}/unused` }),
    as: "files",
    refusal: denied,
    control: { as: "backups" },
  },
  {
    what: "read the neighbour's backups with the key for one's own",
    request: ({ foreign }) => get(`/backup-${foreign}/secret`),
    as: "backups",
    refusal: denied,
    control: { as: "neighbour's backups" },
  },
  {
    what: "read one's files with the key for backups",
    request: ({ own }) => get(secretOf(own)),
    as: "backups",
    refusal: denied,
    control: { as: "files" },
  },

  ...["list-users", "list-buckets"].map(
    (name): StoreAttempt => ({
      what: `${name}, at the administrators' port`,
      request: () => ({ method: "PATCH", path: `/${name}` }),
      as: "files",
      isAdmin: true,
      refusal: /^403 XAdminAccessDenied/,
      control: { as: "administrator" },
    }),
  ),
  {
    what: "make oneself an administrator",
    request: ({ own }) => ({
      ...{ method: "PATCH", path: "/update-user", query: `access=${own}_e1` },
      body: "<Account><Role>user</Role></Account>",
    }),
    as: "files",
    isAdmin: true,
    refusal: /^403 XAdminAccessDenied/,
    control: { as: "administrator" },
  },
  {
    what: "take the neighbour's bucket over",
    request: ({ own, foreign }) => ({
      ...{ method: "PATCH", path: "/change-bucket-owner" },
      query: `bucket=tenant-${foreign}&owner=${own}_e1`,
    }),
    as: "files",
    isAdmin: true,
    refusal: /^403 XAdminAccessDenied/,
    control: {
      as: "administrator",
      request: ({ own }) => ({
        ...{ method: "PATCH", path: "/change-bucket-owner", query: `bucket=control&owner=${own}_e1` },
      }),
    },
  },
  {
    what: "list accounts at S3's port",
    request: () => ({ method: "PATCH", path: "/list-users" }),
    as: "administrator",
    refusal: /^405 MethodNotAllowed/,
    control: { as: "administrator", request: () => get("/") },
  },
];
