import { join } from "node:path";
import { isReachable } from "../binaries/reachable.ts";
import { repository } from "../system/paths.ts";
import { run } from "../system/run.ts";
import type { Progress } from "../terminal/progress.ts";
import { type PluginName, versions } from "../versions.ts";
import { type FoundCli, findCli, findPlugin, officialHome } from "./find.ts";

const installScript = "https://get.pulumi.com/install.sh";
/** Milliseconds a download may take: some 150 MB. */
const downloadLimit = 10 * 60_000;

/** The CLI through the npm package `pulumi`, which installs the release of its own version. */
export async function downloadCli(progress: Progress): Promise<FoundCli | undefined> {
  const npmPackage = join(repository, "node_modules", "pulumi", "run.js");
  const done = await attempt(progress, `downloading pulumi ${versions.pulumi}`, process.execPath, [
    npmPackage,
    "version",
  ]);
  return done ? findCli() : undefined;
}

export async function downloadPlugin(
  cli: string,
  name: PluginName,
  progress: Progress,
): Promise<string | undefined> {
  const version = versions.plugins[name];
  const args = ["plugin", "install", "resource", name, version];
  const done = await attempt(progress, `downloading the ${name} plugin ${version}`, cli, args);
  return done ? findPlugin(name) : undefined;
}

async function attempt(
  progress: Progress,
  label: string,
  command: string,
  args: readonly string[],
): Promise<boolean> {
  if (!(await isReachable(installScript))) {
    return false;
  }
  const step = progress.step(label);
  const { code, stderr } = await run(command, args, {
    env: { ...process.env, PULUMI_HOME: officialHome(), PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: downloadLimit,
  });
  if (code === 0) {
    step.done();
    return true;
  }
  step.fail(`${label} failed: ${stderr.trim().split("\n").at(-1) ?? `exit code ${code}`}`);
  return false;
}
