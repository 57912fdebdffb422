import { basename, dirname, join, relative } from "node:path";
import { run } from "../../lib/system/run.ts";
import { tenantsFolders } from "../../settings/folders.ts";
import { type FleetStack, settingsFile } from "../../settings/stacks.ts";
import type { Problem } from "../../tenants/load.ts";
import { wholeFile } from "../../tenants/problems.ts";

/**
 * Tenant files that git ignores: here they are applied, while CI, which has a clone, takes their tenants for removed. None
 * where there is no git, or no repository; nor those of a stack whose settings are ignored too, which is somebody's own.
 *
 * @param folder the repository
 */
export async function ignoredTenantFiles(fleet: readonly FleetStack[], folder: string): Promise<Problem[]> {
  const folders = tenantsFolders(fleet, folder).map((path) => relative(folder, path));
  const inside = folders.filter((path) => path !== "" && !path.startsWith(".."));
  const { code, stdout } = await run("git", [
    ...["-C", folder, "ls-files", "--others", "--ignored", "--exclude-standard", "-z"],
    ...["--", ":(glob)Pulumi.*.yaml", ...inside.map((path) => `:(literal)${path}`)],
  ]);
  const ignored = code === 0 ? stdout.split("\0") : [];
  const own = fleet.filter(({ stack }) => ignored.includes(settingsFile(stack)));
  return ignored
    .filter((path) => dirname(path) !== "." && isTenantFile(basename(path)))
    .filter((path) => !own.some(({ tenantsFolder }) => dirname(path) === tenantsFolder))
    .map((path) => ({
      file: relative(process.cwd(), join(folder, path)),
      ...wholeFile(
        "a file that git ignores",
        "a file that git knows, for CI applies what is committed; `git check-ignore -v` and its name say which rule it is",
      ),
    }));
}

/** Not what editors hide. */
const isTenantFile = (name: string): boolean => /^[^.].*\.ya?ml$/is.test(name);
