import { afterEach, expect, test, vi } from "vitest";
import { pulumiCli } from "../../embedded/binaries/catalogue.ts";
import { binaryPath } from "../../embedded/binaries/index.ts";
import { downloadPlugin } from "../../embedded/engine/download.ts";
import { findCli } from "../../embedded/engine/find.ts";
import { platformOf } from "../../embedded/engine/platform.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { fileServer } from "../fixtures/fileServer.ts";
import { pulumiHome } from "../fixtures/pulumiHome.ts";
import { pulumiMirror } from "../fixtures/pulumiMirror.ts";

afterEach(() => vi.unstubAllEnvs());

/** The real CLI, for a user whose Pulumi home and cache are empty. */
async function realCli(home: string, cache: string): Promise<string> {
  const path = (await findCli())?.path ?? binaryPath(pulumiCli, "pulumi");
  vi.stubEnv("PULUMI_HOME", home);
  vi.stubEnv("OPENCLAW_CACHE", cache);
  return path;
}

test.each([
  ["OPENCLAW_PULUMI_MIRROR", (url: string) => url],
  ["PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES", (url: string) => `.*=${url}/releases/plugins`],
])("Pulumi's own CLI takes a plugin from where %s says", async (variable, value) => {
  using files = pulumiMirror(platformOf());
  files.addPlugin("random");
  await using server = await fileServer(files.path);
  using home = pulumiHome();
  using cache = pulumiHome();
  const cli = await realCli(home.path, cache.path);
  vi.stubEnv(variable, value(server.url));
  const found = await downloadPlugin(cli, "random", silentProgress);
  expect(found).toContain(cache.path);
  const archive = `/releases/plugins/pulumi-resource-random-v4.21.2-`;
  expect(server.requests.filter((request) => request.startsWith(`GET ${archive}`))).toHaveLength(1);
});

test("a mirror without the plugin is asked, and nobody else is", async () => {
  using files = pulumiMirror(platformOf());
  await using server = await fileServer(files.path);
  using home = pulumiHome();
  using cache = pulumiHome();
  const cli = await realCli(home.path, cache.path);
  vi.stubEnv("OPENCLAW_PULUMI_MIRROR", server.url);
  expect(await downloadPlugin(cli, "random", silentProgress)).toBeUndefined();
  expect(server.requests.map((request) => request.split(" ")[0])).toEqual(["HEAD"]);
});
