import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { repository } from "../../lib/system/paths.ts";
import { type PluginName, pluginNames, versions } from "../versions.ts";

/** Programs that one `go build` makes, and that one download (if there is an official one) brings. */
export interface Binaries {
  /** Key in the cache and name in messages. */
  readonly name: string;
  readonly version: string;
  /** Go module, relative to the repository. */
  readonly module: string;
  /** Files by their names in the cache. */
  readonly programs: Readonly<Record<string, Program>>;
  readonly tags?: string;
  /** The most packages that a build compiles, counted with `go list -deps`, for its progress. */
  readonly packages: number;
  /** Seconds of a cold build on two cores, told to who waits. */
  readonly coldSeconds: number;
  /** The official download of each program, for Linux. Elsewhere there is none for most; there they are built. */
  readonly downloads?: Readonly<Record<string, Download>>;
}

export interface Program {
  readonly package: string;
  /** Values for `-ldflags`, after -s -w. */
  readonly linkerFlags?: string;
}

export interface Download {
  readonly url: string;
  /** Path inside, if the URL is a .tar.gz. */
  readonly member?: string;
  /** URL of the SHA-256, where the project publishes it: alone or as lines of `<hash>  <file>`. */
  readonly checksum?: string;
}

const goArch: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", arm64: "arm64" };
const arch = goArch[process.arch] ?? process.arch;

export const pulumiCli: Binaries = {
  name: "pulumi",
  version: versions.pulumi,
  module: "embedded/go/pulumi",
  programs: {
    pulumi: {
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`,
    },
  },
  tags: "osusergo,grpcnotrace",
  packages: 1684,
  coldSeconds: 203,
};

const etcdRelease = `https://github.com/etcd-io/etcd/releases/download/v${versions.etcd}`;
const etcdArchive = `etcd-v${versions.etcd}-linux-${arch}`;

export const etcd: Binaries = {
  name: "etcd",
  version: versions.etcd,
  module: "embedded/go/etcd",
  programs: { etcd: { package: "go.etcd.io/etcd/server/v3" } },
  packages: 576,
  coldSeconds: 60,
  downloads: {
    etcd: {
      url: `${etcdRelease}/${etcdArchive}.tar.gz`,
      member: `${etcdArchive}/etcd`,
      checksum: `${etcdRelease}/SHA256SUMS`,
    },
  },
};

const kwokPrograms = ["kwok", "kwokctl"] as const;
const kwokRelease = `https://github.com/kubernetes-sigs/kwok/releases/download/v${versions.kwok}`;

export const kwok: Binaries = {
  name: "kwok",
  version: versions.kwok,
  module: "embedded/go/kwok",
  programs: Object.fromEntries(
    kwokPrograms.map((name) => [
      name,
      {
        package: `sigs.k8s.io/kwok/cmd/${name}`,
        linkerFlags: `-X sigs.k8s.io/kwok/pkg/consts.Version=v${versions.kwok}`,
      },
    ]),
  ),
  packages: 1089,
  coldSeconds: 103,
  downloads: Object.fromEntries(
    kwokPrograms.map((name) => [name, { url: `${kwokRelease}/${name}-linux-${arch}` }]),
  ),
};

const [kubernetesMajor, kubernetesMinor] = versions.kubernetes.split(".");

/** The version variables: without them the API server takes itself for v0.0.0 and refuses to start. */
const kubernetesVersionFlags = Object.entries({
  gitVersion: `v${versions.kubernetes}`,
  gitMajor: kubernetesMajor,
  gitMinor: kubernetesMinor,
})
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(" ");

/** @param packages see {@link Binaries}, and so `coldSeconds` */
function kubernetesBinaries(
  name: string,
  programs: readonly string[],
  packages: number,
  coldSeconds: number,
): Binaries {
  return {
    name,
    version: versions.kubernetes,
    module: "embedded/go/kubernetes",
    programs: Object.fromEntries(
      programs.map((program) => [
        program,
        { package: `k8s.io/kubernetes/cmd/${program}`, linkerFlags: kubernetesVersionFlags },
      ]),
    ),
    packages,
    coldSeconds,
    downloads: Object.fromEntries(
      programs.map((program) => {
        const url = `https://dl.k8s.io/release/v${versions.kubernetes}/bin/linux/${arch}/${program}`;
        return [program, { url, checksum: `${url}.sha256` }];
      }),
    ),
  };
}

export const kubernetes = kubernetesBinaries(
  "kubernetes",
  ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"],
  2619,
  290,
);

/** The binaries of a real node besides the container runtime; a list of its own, because few need it. */
export const kubernetesNode = kubernetesBinaries("kubernetes-node", ["kubelet", "kube-proxy"], 1810, 130);

export const coredns: Binaries = {
  name: "coredns",
  version: versions.coredns,
  module: "embedded/go/coredns",
  programs: { coredns: { package: "." } },
  packages: 791,
  coldSeconds: 200,
};

/** The S3 server of services in the cluster. */
export const versitygw: Binaries = {
  name: "versitygw",
  version: versions.versitygw,
  module: "embedded/go/versitygw",
  programs: {
    versitygw: {
      package: "github.com/versity/versitygw/cmd/versitygw",
      linkerFlags: `-X main.Version=v${versions.versitygw}`,
    },
  },
  packages: 568,
  coldSeconds: 110,
};

/** The edge's controller. */
export const envoyGateway: Binaries = {
  name: "envoy-gateway",
  version: versions.envoyGateway,
  module: "embedded/go/envoygateway",
  programs: { "envoy-gateway": { package: "github.com/envoyproxy/gateway/cmd/envoy-gateway" } },
  packages: 2103,
  coldSeconds: 300,
};

/** The project's own plugins, language host, volume provisioner and pause; their version is a hash of their source. */
export function standIns(): Binaries {
  standInBinaries ??= describeStandIns();
  return standInBinaries;
}

let standInBinaries: Binaries | undefined;

function describeStandIns(): Binaries {
  const module = "embedded/standin";
  return {
    name: "standin",
    version: sourceHash(join(repository, module), JSON.stringify(versions.plugins)),
    module,
    programs: {
      "pulumi-language-nodejs": { package: "./language" },
      ...Object.fromEntries(pluginNames.map((name) => [`pulumi-resource-${name}`, standInPlugin(name)])),
      "volume-controller": { package: "./volumes" },
      pause: { package: "./pause" },
    },
    packages: 1209,
    coldSeconds: 75,
  };
}

/** A stand-in answers with the version of what it stands in for, as the engine wants it. */
function standInPlugin(name: PluginName): Program {
  return { package: `./${name}`, linkerFlags: `-X main.version=${versions.plugins[name]}` };
}

/**
 * The engine of sigs.k8s.io/kube-network-policies in two programs: one says what a cluster's NetworkPolicies make of a
 * connection, the other holds the pods of a real node to them. Their version is a hash of their source.
 */
export function networkPolicyPrograms(): Binaries {
  const module = "embedded/go/networkpolicy";
  return {
    name: "networkpolicy",
    version: sourceHash(join(repository, module)),
    module,
    programs: {
      "networkpolicy-evaluate": { package: "./evaluate" },
      "networkpolicy-enforce": { package: "./enforce" },
    },
    packages: 760,
    coldSeconds: 120,
  };
}

/** Changes with every Go file that goes into a build, tests left out, and with `more`. */
export function sourceHash(folder: string, more = ""): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && /(\.go|^go\.(mod|sum))$/.test(entry.name) && !entry.name.endsWith("_test.go"),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256").update(more);
  for (const file of files) {
    hash.update(relative(folder, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}
