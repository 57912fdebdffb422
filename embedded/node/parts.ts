import type { Progress } from "../../lib/terminal/progress.ts";
import {
  type Binaries,
  coredns,
  kubernetesNode,
  networkPolicyPrograms,
  standIns,
} from "../binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../binaries/index.ts";
import { ensurePackages, packageEnvironment, type UnpackedPackages } from "../debian/packages.ts";
import { ensureOpenClawImage } from "../images/openclaw.ts";
import { ensureProgramImage } from "../images/program.ts";
import { ensureServiceImages } from "../images/services/index.ts";
import { pauseReference } from "./containerd.ts";
import { dnsReference } from "./dns.ts";

/** Everything that a node is made of, in the cache. */
export interface NodeParts {
  readonly packages: UnpackedPackages;
  /** Environment variables for programs of the packages. */
  readonly env: NodeJS.ProcessEnv;
  /** The OpenClaw image that tenants run. */
  readonly image: string;
  /** OpenClaw's image, if it was given and not built here. */
  readonly givenImage: string | undefined;
  /** Images of the shared services, as {@link NodeRecord} has them. */
  readonly serviceImages: Readonly<Record<string, string>>;
  /** OCI archives of images that no registry has, by reference; the node's own first. */
  readonly archives: Readonly<Record<string, string>>;
}

const packages = ["containerd", "containernetworking-plugins", "iproute2", "nftables", "runc", "xfsprogs"];

/** The unpacked packages alone: enough to take a node away. */
export async function nodePackages(progress: Progress): Promise<UnpackedPackages> {
  return ensurePackages({ name: "node", packages, selfContained: false }, progress);
}

/**
 * Gets what a node is made of.
 *
 * @param givenImage an OpenClaw image that the node pulls; the one that is built here if left out
 * @throws UserError if a registry or an archive does not answer
 */
export async function ensureNodeParts(
  givenImage: string | undefined,
  progress: Progress,
): Promise<NodeParts> {
  const unpacked = await nodePackages(progress);
  await ensureBinaries([standIns(), kubernetesNode, coredns, networkPolicyPrograms()], progress);
  const openclaw = givenImage === undefined ? await builtHere(progress) : { image: givenImage, archives: {} };
  const services = Object.entries(await ensureServiceImages(progress));
  return {
    packages: unpacked,
    env: await packageEnvironment(unpacked),
    image: openclaw.image,
    givenImage,
    serviceImages: Object.fromEntries(services.map(([purpose, { reference }]) => [purpose, reference])),
    archives: {
      [pauseReference]: await programArchive(pauseReference, standIns(), "pause", progress),
      [dnsReference]: await programArchive(dnsReference, coredns, "coredns", progress),
      ...openclaw.archives,
      ...Object.fromEntries(services.map(([, { reference, archive }]) => [reference, archive])),
    },
  };
}

async function builtHere(progress: Progress) {
  const { reference, archive } = await ensureOpenClawImage(progress);
  return { image: reference, archives: { [reference]: archive } };
}

function programArchive(
  reference: string,
  binaries: Binaries,
  program: string,
  progress: Progress,
): Promise<string> {
  return ensureProgramImage(reference, binaryPath(binaries, program), binaries.version, progress);
}
