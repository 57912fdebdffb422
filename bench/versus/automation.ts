import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { repository } from "../../lib/system/paths.ts";
import type { Open } from "./index.ts";

/** This program, run by Pulumi's Automation API instead of by the CLI's commands. */
export const automationApi: Open = async (cell) => {
  const root = join(cell.home, "automation");
  await mkdir(join(root, "bin"), { recursive: true });
  await symlink(cell.cli, join(root, "bin", "pulumi"));
  // It writes settings beside the project file, whatever PULUMI_OPTION_CONFIG_FILE names.
  const project = await readFile(join(repository, "Pulumi.yaml"), "utf8");
  await writeFile(join(root, "Pulumi.yaml"), project.replace(/^main: /m, `main: ${repository}/`));
  const envVars = Object.fromEntries(
    Object.entries(cell.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  // As a command does it: each opens the stack anew.
  const stack = async () =>
    LocalWorkspace.selectStack(
      { stackName: cell.stack, workDir: root },
      { envVars, pulumiCommand: await PulumiCommand.get({ root, skipVersionCheck: true }) },
    );
  return {
    size: cell.size,
    grow: cell.grow,
    preview: async () => (await stack()).preview(),
    up: async () => (await stack()).up(),
  };
};
