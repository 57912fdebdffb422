/**
 * Every version that embedded/ downloads or builds. Those that a package of package.json or a go.mod of embedded/go also
 * names are kept equal to it by test/unit/embedded.versions.test.ts.
 */
export const versions = {
  /** The CLI; the npm packages pulumi and @pulumi/pulumi and the module in embedded/go/pulumi. */
  pulumi: "3.259.0",
  /** Provider plugins; the npm packages of the same name. */
  plugins: { kubernetes: "4.34.2", random: "4.21.2" },
  /** Plugins of clouds, which have no stand-in: the npm package, and the bridge of components/tencentcloud/package.ts. */
  cloudPlugins: { alicloud: "3.108.0", "terraform-provider": "1.1.0" },
  /** The Terraform provider that the bridge runs, as in components/tencentcloud/package.ts. */
  terraformProvider: "1.83.25",
  /** API server, controller manager, scheduler, kubectl, kubelet and kube-proxy; embedded/go/kubernetes. */
  kubernetes: "1.36.3",
  /** embedded/go/etcd */
  etcd: "3.6.14",
  /** kwok and kwokctl; embedded/go/kwok. */
  kwok: "0.8.0",
  /** embedded/go/coredns */
  coredns: "1.14.7",
  /** embedded/go/versitygw, and the published image of components/services/images.ts */
  versitygw: "1.7.0",
  /** The edge's controller; embedded/go/envoygateway, and the published image of components/platform/edge/settings.ts */
  envoyGateway: "1.9.1",
} as const;

export type PluginName = keyof typeof versions.plugins;

export type CloudPluginName = keyof typeof versions.cloudPlugins;

/** Those that have a stand-in: every stack needs them. */
export const pluginNames = Object.keys(versions.plugins) as PluginName[];

/** A plugin that some stack needs. */
export type ProviderName = PluginName | CloudPluginName;

export const pluginVersion = (name: ProviderName): string =>
  ({ ...versions.plugins, ...versions.cloudPlugins })[name];
