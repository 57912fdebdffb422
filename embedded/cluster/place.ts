import { realpathSync } from "node:fs";
import { join } from "node:path";
import { withoutProxy } from "../../lib/system/proxy.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { kubernetes, kwok } from "../binaries/catalogue.ts";
import { binariesFolder, binaryPath } from "../binaries/index.ts";

/** kwokctl's name of the cluster. Clusters of other homes may have the same: they share nothing. */
const clusterName = "openclaw";

/** The files of a home's cluster. */
export type Place = ReturnType<typeof placeOf>;

/** @param given the home; it must exist */
export function placeOf(given: string) {
  // With links resolved, as programs name themselves in the list of processes.
  const home = realpathSync(given);
  const folder = join(home, "cluster");
  const work = join(folder, "clusters", clusterName);
  return {
    home,
    folder,
    lock: join(home, "cluster.lock"),
    kubeconfig: join(home, "kubeconfig"),
    /** Written last of all; tells what made the cluster. */
    marker: join(folder, "complete"),
    configuration: join(folder, "kwokctl.yaml"),
    volumeController: join(folder, "bin", "volume-controller"),
    logs: join(work, "logs"),
    processIds: join(work, "pids"),
    /** Certificate of the administrator, with which the API server comes to kubelets as well. */
    client: { certificate: join(work, "pki", "admin.crt"), key: join(work, "pki", "admin.key") },
  };
}

/** The folder of kubectl, for PATH. */
export function kubectlFolder(): string {
  return binariesFolder(kubernetes);
}

/** Environment variables of kubectl for the cluster of a home, which also keep it from writing into the user's `~/.kube`. */
export function kubectlVariables(home: string) {
  return { KUBECONFIG: join(home, "kubeconfig"), KUBECACHEDIR: join(home, "cluster", "kubectl-cache") };
}

export function kwokctl(place: Place, args: readonly string[]): Promise<RunResult> {
  const env = {
    ...withoutProxy(process.env),
    ...kubectlVariables(place.home),
    KWOK_WORKDIR: place.folder,
    // kwokctl downloads a kubectl unless it finds one.
    PATH: `${kubectlFolder()}:${process.env.PATH}`,
  };
  return run(binaryPath(kwok, "kwokctl"), [...args, "--name", clusterName], { env, timeout: 120_000 });
}

export function kubectl(place: Place, args: readonly string[], input?: string): Promise<RunResult> {
  return run(binaryPath(kubernetes, "kubectl"), args, {
    env: { ...process.env, ...kubectlVariables(place.home) },
    ...(input === undefined ? {} : { input }),
    timeout: 90_000,
  });
}
