import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { kubernetes, kwok } from "../../embedded/binaries/catalogue.ts";
import { binaryPath } from "../../embedded/binaries/index.ts";
import { kubectl, kwokctl, placeOf } from "../../embedded/cluster/place.ts";
import { startDaemon } from "../../embedded/cluster/processes.ts";
import { withKubectl } from "../../ops/stack/kubectl.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

/** A cache whose programs print their environment, and a user with proxies. */
let folder: ReturnType<typeof temporaryFolder>;
let home: string;
beforeEach(() => {
  folder = temporaryFolder();
  home = realpathSync(folder.path);
  vi.stubEnv("OPENCLAW_CACHE", join(home, "cache"));
  for (const file of [binaryPath(kubernetes, "kubectl"), binaryPath(kwok, "kwokctl")]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "#!/bin/sh\nenv\n");
    chmodSync(file, 0o755);
  }
  for (const name of ["https_proxy", "HTTP_PROXY", "all_proxy"]) {
    vi.stubEnv(name, "http://proxy.example:7890");
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder[Symbol.dispose]();
});

const cacheInCluster = () => `KUBECACHEDIR=${home}/cluster/kubectl-cache`;

test("kwokctl starts a cluster that has no proxy, and leaves nothing in ~/.kube", async () => {
  const { stdout } = await kwokctl(placeOf(home), ["create", "cluster"]);
  expect(stdout.split("\n")).toEqual(
    expect.arrayContaining([
      cacheInCluster(),
      `KUBECONFIG=${home}/kubeconfig`,
      `KWOK_WORKDIR=${home}/cluster`,
    ]),
  );
  expect(stdout).not.toContain("proxy.example");
});

test("kubectl asks the embedded cluster, and leaves nothing in ~/.kube", async () => {
  const { stdout } = await kubectl(placeOf(home), ["get", "pods"]);
  expect(stdout.split("\n")).toEqual(
    expect.arrayContaining([cacheInCluster(), `KUBECONFIG=${home}/kubeconfig`]),
  );
});

test("so does the kubectl of every command", async () => {
  const target = { kind: "embedded", stack: "dev", home, folder: home, context: "openclaw-dev" } as const;
  const printed = await withKubectl(target, {}, (lent) => lent.succeed(["get", "pods"]));
  expect(printed.split("\n")).toEqual(
    expect.arrayContaining([cacheInCluster(), `KUBECONFIG=${home}/kubeconfig`]),
  );
});

test("nor have the programs that are started beside it a proxy", async () => {
  const log = join(home, "log");
  await startDaemon("sh", ["-c", "env; echo the end"], log);
  await vi.waitFor(() => expect(readFileSync(log, "utf8")).toContain("the end"), 10_000);
  expect(readFileSync(log, "utf8")).not.toContain("proxy.example");
});
