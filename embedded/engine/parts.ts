import { type ProviderName, pluginNames, pluginVersion, versions } from "../versions.ts";
import type { FoundCli } from "./find.ts";

/** Official parts, each where it was found; what is missing here is built or stood in for. */
export interface EngineParts {
  readonly cli?: FoundCli;
  readonly plugins: Readonly<Partial<Record<ProviderName, string>>>;
  /** The bridge's cache with the Terraform provider. */
  readonly terraformCache?: string;
}

/** Plugins of a stack on a cluster of this kind, as its settings name it. */
export function pluginsOnCluster(kind: string | undefined): readonly ProviderName[] {
  if (kind === "ack") {
    return [...pluginNames, "alicloud"];
  }
  return kind === "tke" ? [...pluginNames, "terraform-provider"] : pluginNames;
}

export const needsTerraform = (plugins: readonly ProviderName[]): boolean =>
  plugins.includes("terraform-provider");

/** A part by the name that the one line gives it, and the version that is wanted. */
export interface Part {
  readonly name: string;
  readonly version: string;
}

/** The parts that are not official. */
export function missingParts(
  { cli, plugins, terraformCache }: EngineParts,
  needed: readonly ProviderName[] = pluginNames,
): Part[] {
  return [
    ...(cli === undefined ? [{ name: "pulumi", version: versions.pulumi }] : []),
    ...(cli?.languageHost === undefined ? [{ name: "language host", version: versions.pulumi }] : []),
    ...needed
      .filter((name) => plugins[name] === undefined)
      .map((name) => ({ name: `${name} plugin`, version: pluginVersion(name) })),
    ...(needsTerraform(needed) && terraformCache === undefined
      ? [{ name: "tencentcloud provider", version: versions.terraformProvider }]
      : []),
  ];
}

/** `engine: pulumi 3.259.0 built from Go modules; stand-in language host, kubernetes plugin, random plugin (…)`. */
export function describeEngine(parts: EngineParts, needed: readonly ProviderName[] = pluginNames): string {
  const cli =
    parts.cli === undefined
      ? `pulumi ${versions.pulumi} built from Go modules`
      : `${parts.cli.languageHost ? "official " : ""}pulumi ${parts.cli.version} (${parts.cli.path})`;
  const official = needed.filter((name) => parts.plugins[name] !== undefined);
  const replaced = missingParts(parts, needed).flatMap(({ name }) => (name === "pulumi" ? [] : [name]));
  return [
    `engine: ${cli}`,
    ...(official.length > 0
      ? [`official ${official.map((name) => `${name} ${pluginVersion(name)}`).join(", ")}`]
      : []),
    ...(replaced.length > 0 ? [`stand-in ${replaced.join(", ")}`] : []),
  ].join("; ");
}
