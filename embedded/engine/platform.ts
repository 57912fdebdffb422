import { UsageError } from "../../lib/terminal/errors.ts";
import { type ProviderName, pluginVersion, versions } from "../versions.ts";

/** The platform of the binaries, by Go's names. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

const operatingSystems = ["linux", "darwin"] as const;
const architectures = ["amd64", "arm64"] as const;

/** The platform that is named, or this machine's. @throws UsageError for one that this project does not run on */
export function platformOf(os: string = process.platform, arch: string = goArch()): Platform {
  const knownOs = operatingSystems.find((each) => each === os);
  const knownArch = architectures.find((each) => each === arch);
  if (knownOs === undefined || knownArch === undefined) {
    throw new UsageError(
      `--os ${os} --arch ${arch}: must be ${operatingSystems.join(" or ")}, and ${architectures.join(" or ")}`,
    );
  }
  return { os: knownOs, arch: knownArch };
}

const goArch = (): string => (process.arch === "x64" ? "amd64" : process.arch);

/** Address of the Terraform provider that the bridge runs: components/tencentcloud/package.ts. */
export const terraformSource = "registry.opentofu.org/tencentcloudstack/tencentcloud";

/** The path of the CLI's archive on get.pulumi.com, and on a mirror of it. */
export function cliArchive({ os, arch }: Platform): string {
  return `releases/sdk/pulumi-v${versions.pulumi}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`;
}

/** The same of a plugin's. */
export function pluginArchive(name: ProviderName, { os, arch }: Platform): string {
  return `releases/plugins/pulumi-resource-${name}-v${pluginVersion(name)}-${os}-${arch}.tar.gz`;
}

const terraformType = terraformSource.split("/").at(-1) ?? "";

/** The path of the Terraform provider's archive on a mirror: `terraform/` is laid out as Terraform's packed mirrors are. */
export function terraformArchive({ os, arch }: Platform): string {
  const file = `terraform-provider-${terraformType}_${versions.terraformProvider}_${os}_${arch}.zip`;
  return `terraform/${terraformSource}/${file}`;
}

/** The folder of the Terraform provider, below the bridge's cache. */
export function terraformProgram({ os, arch }: Platform): string {
  const program = `terraform-provider-${terraformType}_v${versions.terraformProvider}`;
  return `${terraformSource}/${versions.terraformProvider}/${os}_${arch}/${program}`;
}

/** The folder in which the engine looks for a plugin, below `plugins` of a Pulumi home. */
export const pluginFolder = (name: ProviderName, version: string = pluginVersion(name)): string =>
  `resource-${name}-v${version}`;
