import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Engine } from "../../embedded/engine/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { directLoopback, withoutProxy } from "../../lib/system/proxy.ts";
import { run } from "../../lib/system/run.ts";
import { stackEnvironment, stackVariables } from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";

/** What the machine of the tests has of its own, a proxy or exceptions from one, is not what is tried here. */
function forgetProxies(): void {
  for (const name of Object.keys(process.env).filter((each) => /_proxy$/i.test(each))) {
    vi.stubEnv(name, undefined);
  }
}

beforeEach(forgetProxies);
afterEach(() => {
  vi.unstubAllEnvs();
});

const loopback = "localhost,127.0.0.1,::1";

test.each([
  ["nothing", {}, loopback],
  ["an empty list", { no_proxy: "" }, loopback],
  ["small letters", { no_proxy: "intranet.example" }, `intranet.example,${loopback}`],
  ["capitals", { NO_PROXY: "intranet.example" }, `intranet.example,${loopback}`],
  ["both", { no_proxy: "a.example", NO_PROXY: "b.example" }, `a.example,b.example,${loopback}`],
  ["blanks", { no_proxy: "a.example, b.example" }, `a.example,b.example,${loopback}`],
  ["loopback", { NO_PROXY: "127.0.0.1" }, "127.0.0.1,localhost,::1"],
])("what the user has is kept, and loopback added: %s", (_, environment, expected) => {
  expect(directLoopback(environment)).toEqual({ no_proxy: expected, NO_PROXY: expected });
});

test("the list of gRPC alone, which goes before the others, gets loopback too", () => {
  expect(directLoopback({ no_grpc_proxy: "a.example" })).toMatchObject({
    no_grpc_proxy: `a.example,${loopback}`,
    no_proxy: loopback,
  });
});

test("a * stays alone, as curl wants it, and gRPC, which knows none, has loopback", () => {
  expect(directLoopback({ NO_PROXY: "*" })).toEqual({
    no_proxy: "*",
    NO_PROXY: "*",
    no_grpc_proxy: loopback,
  });
});

interface GrpcProxy {
  mapProxyName(
    target: { readonly scheme: string; readonly path: string },
    options: object,
  ): { readonly target: { readonly path: string } };
}

/** The client of the SDK, whose environment is that of its process. */
function addressAsked(environment: Readonly<Record<string, string>>, path: string): string {
  for (const [name, value] of Object.entries(environment)) {
    vi.stubEnv(name, value);
  }
  const require = createRequire(import.meta.url);
  const grpc: GrpcProxy = require(join(repository, "node_modules/@grpc/grpc-js/build/src/http_proxy.js"));
  return grpc.mapProxyName({ scheme: "dns", path }, {}).target.path;
}

const engineAddress = "127.0.0.1:37029";

test.each(["http_proxy", "https_proxy", "grpc_proxy"])(
  "the SDK's gRPC reaches its engine with %s, whatever the user excepts",
  (name) => {
    const proxy = { [name]: "http://proxy.example:7890" };
    for (const own of [{}, { NO_PROXY: "*" }, { no_proxy: "a.example" }, { no_grpc_proxy: "a.example" }]) {
      const environment = { ...proxy, ...own };
      expect(addressAsked(environment, engineAddress)).toBe("proxy.example:7890");
      const direct = { ...environment, ...directLoopback(environment) };
      expect(addressAsked(direct, engineAddress)).toBe(engineAddress);
      expect(addressAsked(direct, "[::1]:37029")).toBe("[::1]:37029");
      vi.unstubAllEnvs();
      forgetProxies();
    }
  },
);

const target: Target = { kind: "embedded", stack: "dev", home: "/home", folder: "/home" };
const engine: Engine = {
  kind: "stand-in",
  cli: "/bin/pulumi",
  pulumiHome: "/pulumi",
  path: [],
  description: "",
};

test("what runs an engine has it in its environment, and so has the shell", () => {
  vi.stubEnv("no_proxy", "a.example");
  for (const variables of [stackVariables(target, engine), stackEnvironment(target, engine)]) {
    expect(variables).toMatchObject({ no_proxy: `a.example,${loopback}`, NO_PROXY: `a.example,${loopback}` });
  }
});

test("every command gives it to all that it starts", async () => {
  const script = `
    process.env.no_proxy = "a.example";
    const { runMain } = await import("./ops/main.ts");
    await runMain(["help"]);
    console.log(process.env.no_proxy);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: repository,
  });
  expect(stdout.trim().split("\n").at(-1)).toBe(`a.example,${loopback}`);
});

test("the programs of an embedded cluster have no proxy, in small letters or capitals", () => {
  const names = ["http_proxy", "https_proxy", "all_proxy", "grpc_proxy"].flatMap((name) => [
    name,
    name.toUpperCase(),
  ]);
  const proxies = Object.fromEntries(names.map((name) => [name, "http://proxy.example:7890"]));
  expect(withoutProxy({ ...proxies, PATH: "/bin", no_proxy: "a.example" })).toEqual({
    PATH: "/bin",
    no_proxy: "a.example",
  });
});

test("kubectl keeps what it caches in the folder of the cluster, which goes with it", () => {
  expect(stackVariables(target, engine)).toMatchObject({
    KUBECONFIG: "/home/kubeconfig",
    KUBECACHEDIR: "/home/cluster/kubectl-cache",
  });
});
