import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { bundle } from "../../embedded/engine/bundle.ts";
import { downloadCli, downloadTerraformProvider } from "../../embedded/engine/download.ts";
import { officialInventory } from "../../embedded/engine/inventory.ts";
import { mirrorOf, pluginOverrides } from "../../embedded/engine/mirror.ts";
import { platformOf } from "../../embedded/engine/platform.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { chosenStacks } from "../../ops/commands/plugins.ts";
import { fleetStack } from "../../settings/stacks.ts";
import { fileServer } from "../fixtures/fileServer.ts";
import { pulumiHome } from "../fixtures/pulumiHome.ts";
import { pulumiMirror } from "../fixtures/pulumiMirror.ts";

afterEach(() => vi.unstubAllEnvs());

const platform = platformOf();
const stacks = [
  { stack: "one", clusterKind: "ack" },
  { stack: "two", clusterKind: "tke" },
];

/** A mirror that has everything, served. */
async function wholeMirror() {
  const files = pulumiMirror(platform);
  files.addCli();
  for (const name of ["kubernetes", "random", "alicloud", "terraform-provider"] as const) {
    files.addPlugin(name);
  }
  files.addTerraformProvider();
  const server = await fileServer(files.path);
  return {
    url: server.url,
    requests: server.requests,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      files[Symbol.dispose]();
    },
  };
}

/** A machine with this Pulumi home and no other, and an empty cache. */
function machine(home: string, cache: string): void {
  vi.stubEnv("PULUMI_HOME", home);
  vi.stubEnv("OPENCLAW_CACHE", cache);
  vi.stubEnv("PATH", "/usr/bin:/bin");
  vi.stubEnv("PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR", "");
}

test("what is fetched into a folder is found there as a Pulumi home, part by part", async () => {
  await using mirror = await wholeMirror();
  using folder = pulumiHome();
  using nothing = pulumiHome();
  machine(folder.path, nothing.path);
  expect((await officialInventory(stacks)).filter(({ path }) => path !== undefined)).toEqual([]);
  await bundle({ folder: folder.path, stacks, platform, mirror: mirror.url, progress: silentProgress });
  const parts = await officialInventory(stacks);
  expect(parts.filter(({ path }) => path === undefined)).toEqual([]);
  expect(parts.map(({ part, stacks }) => [part, stacks.join()])).toEqual([
    ["pulumi", "one,two"],
    ["language host", "one,two"],
    ["kubernetes plugin", "one,two"],
    ["random plugin", "one,two"],
    ["alicloud plugin", "one"],
    ["terraform-provider plugin", "two"],
    ["tencentcloud provider", "two"],
  ]);
  const sums = readFileSync(join(folder.path, "SHA256SUMS"), "utf8").trim().split("\n");
  expect(sums).toHaveLength(6);
  for (const [sum, file = ""] of sums.map((line) => line.split("  "))) {
    const content = readFileSync(join(folder.path, file));
    expect(sum, file).toBe(createHash("sha256").update(content).digest("hex"));
  }
});

test("the same folder, served, is a mirror to another machine", async () => {
  await using first = await wholeMirror();
  using folder = pulumiHome();
  using nothing = pulumiHome();
  using cache = pulumiHome();
  await bundle({ folder: folder.path, stacks, platform, mirror: first.url, progress: silentProgress });
  await using second = await fileServer(folder.path);
  machine(nothing.path, cache.path);
  vi.stubEnv("OPENCLAW_PULUMI_MIRROR", second.url);
  const cli = await downloadCli(silentProgress);
  expect(cli?.path).toContain(cache.path);
  expect(cli?.languageHost).toContain(cache.path);
  expect(await downloadTerraformProvider(silentProgress)).toContain(cache.path);
});

test("another machine's archives are fetched and unpacked without being run", async () => {
  const other = platformOf("darwin", "arm64");
  using files = pulumiMirror(other);
  files.addCli();
  files.addPlugin("kubernetes");
  files.addPlugin("random");
  await using server = await fileServer(files.path);
  using folder = pulumiHome();
  const only = [{ stack: "dev", clusterKind: "existing" }];
  const options = { folder: folder.path, stacks: only, platform: other, mirror: server.url };
  const archives = await bundle({ ...options, progress: silentProgress });
  expect(archives).toContain("releases/sdk/pulumi-v3.259.0-darwin-arm64.tar.gz");
  expect(readFileSync(join(folder.path, "SHA256SUMS"), "utf8").trim().split("\n")).toHaveLength(3);
  expect(existsSync(join(folder.path, "plugins", "resource-random-v4.21.2", "pulumi-resource-random"))).toBe(
    true,
  );
});

test("an archive that the folder has is not fetched again", async () => {
  await using mirror = await wholeMirror();
  using folder = pulumiHome();
  const options = { folder: folder.path, stacks, platform, mirror: mirror.url, progress: silentProgress };
  await bundle(options);
  const before = mirror.requests.length;
  await bundle(options);
  expect(mirror.requests.length).toBe(before);
});

test("an archive that a mirror lacks is named, with the path that it must have", async () => {
  using files = pulumiMirror(platform);
  files.addCli();
  await using server = await fileServer(files.path);
  using folder = pulumiHome();
  const options = { folder: folder.path, stacks, platform, mirror: server.url, progress: silentProgress };
  await expect(bundle(options)).rejects.toThrow(
    /^kubernetes plugin \S+ cannot be had: http:\S+: HTTP 404\.\nOPENCLAW_PULUMI_MIRROR is http:\S+; it must have releases\/plugins\/pulumi-resource-kubernetes-v/,
  );
});

test.each(["ftp://mirror", "mirror.example", "https://mirror.example/?a=b", "https://a,https://b"])(
  "a mirror at %s is refused",
  (text) => {
    expect(() => mirrorOf({ OPENCLAW_PULUMI_MIRROR: text })).toThrow("an http or https address");
  },
);

test("Pulumi is told of the mirror, unless the user has told it of another", () => {
  const mirror = { OPENCLAW_PULUMI_MIRROR: "https://mirror.example/pulumi/" };
  expect(pluginOverrides(mirror)).toBe(".*=https://mirror.example/pulumi/releases/plugins");
  const own = { PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES: "^github://=https://own.example" };
  expect(pluginOverrides({ ...mirror, ...own })).toBe("^github://=https://own.example");
  expect(pluginOverrides({})).toBeUndefined();
});

test("dev and the stacks that somebody has set up are meant unless one is named", () => {
  const stack = (name: string, domain: string) =>
    fleetStack(name, `config: { openclaw:platform: { domain: "${domain}" } }`);
  const fleet = [stack("dev", "<domain>"), stack("ready", "example.com"), stack("waiting", "<domain>")];
  const names = (...args: Parameters<typeof chosenStacks>) => chosenStacks(...args).map(({ stack }) => stack);
  expect(names(fleet, undefined, false)).toEqual(["dev", "ready"]);
  expect(names(fleet, undefined, true)).toEqual(["dev", "ready", "waiting"]);
  expect(names(fleet, ["waiting"], false)).toEqual(["waiting"]);
  expect(() => names(fleet, ["other"], false)).toThrow("There is no Pulumi.other.yaml");
});
