import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Cluster } from "../../components/cluster/cluster.ts";
import { clusterReader, useClusterReader } from "../../components/cluster/reader.ts";
import { httpServer } from "../fixtures/httpServer.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const { KUBECONFIG } = process.env;

beforeEach(() => useClusterReader(undefined));

afterEach(() => {
  if (KUBECONFIG === undefined) {
    delete process.env.KUBECONFIG;
  } else {
    process.env.KUBECONFIG = KUBECONFIG;
  }
});

const kubeconfig = (server: string) =>
  JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "other" },
    clusters: [{ name: "tried", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "runner", user: { token: "sesame" } }],
    contexts: [{ name: "tried", context: { cluster: "tried", user: "runner" } }],
  });

/** A cluster by its context in a kubeconfig file, or by a kubeconfig of its own. */
const existing = (context: string): Cluster =>
  ({ name: "tried", connection: { kind: "existing", name: "tried", context } }) as unknown as Cluster;
const managed = (text: pulumi.Output<string>): Cluster =>
  ({ name: "tried", connection: { kind: "ack" }, kubeconfig: text }) as unknown as Cluster;

const status = (code: number, message: string) => ({
  status: code,
  json: { kind: "Status", apiVersion: "v1", status: "Failure", message, code },
});

/** An API server that knows the objects called `there`, and nothing of a caller without the token. */
const apiServer = () =>
  httpServer(({ path, headers }) => {
    if (headers.authorization !== "Bearer sesame") {
      return status(401, "Unauthorized");
    }
    if (path.endsWith("/forbidden")) {
      return status(403, 'secrets "forbidden" is forbidden');
    }
    if (!path.endsWith("/there")) {
      return status(404, "not found");
    }
    const spec = { storageClassName: "fast", resources: { requests: { storage: "1536Mi" } } };
    const metadata = {
      labels: { one: "label" },
      annotations: { two: "annotations" },
      deletionTimestamp: "2026-01-01T03:04:05Z",
    };
    return { json: { metadata, spec, data: { "backup-password": "c2VjcmV0" }, allowVolumeExpansion: true } };
  });

test("what is there is read by the context that the settings name, whatever the current one is", async () => {
  await using server = await apiServer();
  using folder = temporaryFolder({ kubeconfig: kubeconfig(server.url) });
  process.env.KUBECONFIG = join(folder.path, "kubeconfig");
  const reader = await clusterReader(existing("tried"));
  const object = {
    labels: { one: "label" },
    annotations: { two: "annotations" },
    deletedAt: "2026-01-01T03:04:05.000Z",
  };
  expect(await reader?.namespace("there")).toEqual(object);
  // Without its data.
  expect(await reader?.secret("there", "there")).toEqual(object);
  expect(await reader?.claim("there", "there")).toEqual({
    ...object,
    storageClass: "fast",
    storage: 1536 * 1024 ** 2,
  });
  expect(await reader?.storageClass("there")).toEqual({ allowVolumeExpansion: true });
  expect(await reader?.namespace("gone")).toBeUndefined();
  expect(await reader?.claim("gone", "gone")).toBeUndefined();
  expect(await reader?.secret("gone", "gone")).toBeUndefined();
  expect(await reader?.storageClass("gone")).toBeUndefined();
  // A refusal is none of "it is not there".
  await expect(reader?.secret("x", "forbidden")).rejects.toThrow(
    /The cluster tried was asked for the Secret x\/forbidden and refused: secrets "forbidden" is forbidden\n.*Nothing was changed/,
  );
});

test("a managed cluster is read by the kubeconfig of the run, and is not there before that is known", async () => {
  await using server = await apiServer();
  const text = JSON.stringify({ ...JSON.parse(kubeconfig(server.url)), "current-context": "tried" });
  const reader = await clusterReader(managed(pulumi.secret(text)));
  expect(await reader?.namespace("there")).toMatchObject({ labels: { one: "label" } });
});

test("a context that is not in the kubeconfig, and a server that does not answer, are said", async () => {
  const server = await apiServer();
  await server[Symbol.asyncDispose]();
  using folder = temporaryFolder({ kubeconfig: kubeconfig(server.url) });
  process.env.KUBECONFIG = join(folder.path, "kubeconfig");
  await expect(clusterReader(existing("elsewhere"))).rejects.toThrow(
    "The kubeconfig has no context elsewhere, which openclaw:cluster names",
  );
  const reader = await clusterReader(existing("tried"));
  await expect(reader?.namespace("there")).rejects.toThrow(
    /was asked for the Namespace there and cannot be reached: .*ECONNREFUSED/,
  );
});
