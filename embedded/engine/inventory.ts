import { type ProviderName, pluginNames, pluginVersion, versions } from "../versions.ts";
import { type FoundCli, findCli, findPlugin, findTerraformCache } from "./find.ts";
import { needsTerraform, pluginsOnCluster } from "./parts.ts";

/** A stack, and what decides which plugins it needs. */
export interface StackOnCluster {
  readonly stack: string;
  /** The kind of cluster that its settings name. */
  readonly clusterKind: string | undefined;
}

/** An official part that stacks need. */
export interface OfficialPart {
  readonly part: string;
  readonly version: string;
  readonly stacks: readonly string[];
  /** The file that was found; undefined if it is missing. */
  readonly path: string | undefined;
}

/** Every official part that these stacks need, and where it is. Looks on this machine only. */
export async function officialInventory(stacks: readonly StackOnCluster[]): Promise<OfficialPart[]> {
  const cli = await findCli();
  const every = stacks.map(({ stack }) => stack);
  const plugins = await Promise.all(
    pluginsOfAll(stacks).map(async (name) => ({
      part: `${name} plugin`,
      version: pluginVersion(name),
      stacks: stacksWith(stacks, name),
      path: await findPlugin(name),
    })),
  );
  const bridged = stacksWith(stacks, "terraform-provider");
  return [
    { part: "pulumi", version: shownVersion(cli), stacks: every, path: cli?.path },
    { part: "language host", version: shownVersion(cli), stacks: every, path: cli?.languageHost },
    ...plugins,
    ...(bridged.length === 0
      ? []
      : [
          {
            part: "tencentcloud provider",
            version: versions.terraformProvider,
            stacks: bridged,
            path: await findTerraformCache(),
          },
        ]),
  ];
}

/** The CLI may be a newer one than is pinned. */
const shownVersion = (cli: FoundCli | undefined): string => cli?.version ?? versions.pulumi;

/** The plugins that any of these stacks needs, each once. */
export function pluginsOfAll(stacks: readonly StackOnCluster[]): ProviderName[] {
  const needed = stacks.flatMap(({ clusterKind }) => pluginsOnCluster(clusterKind));
  return [...new Set([...pluginNames, ...needed])];
}

export const needTerraform = (stacks: readonly StackOnCluster[]): boolean =>
  needsTerraform(pluginsOfAll(stacks));

const stacksWith = (stacks: readonly StackOnCluster[], name: ProviderName): string[] =>
  stacks.flatMap(({ stack, clusterKind }) => (pluginsOnCluster(clusterKind).includes(name) ? [stack] : []));
