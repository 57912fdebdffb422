import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { namespaceName, objectNames } from "../../../components/names.ts";
import { type Binaries, sourceHash } from "../../../embedded/binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../../../embedded/binaries/index.ts";
import { repository } from "../../../lib/system/paths.ts";
import type { RunResult } from "../../../lib/system/run.ts";
import { terminalProgress } from "../../../lib/terminal/progress.ts";
import type { Stack } from "../stack.ts";
import { succeeded } from "../succeeded.ts";

const module = "test/node/dataClient/client";

/** What a program of the tenant's would be; its version is a hash of its source. */
const dataClient = (): Binaries => ({
  name: "data-client",
  version: sourceHash(join(repository, module)),
  module,
  programs: { client: { package: "." } },
  packages: 330,
  coldSeconds: 60,
});

const path = "/tmp/data-client";

/** Runs the client in a tenant's pod, in the pod's own environment but for what is given. */
export type DataClient = (
  tenant: string,
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Promise<RunResult>;

/** Puts the client into the pod of a tenant, where it stays until the pod ends. */
export async function installDataClient({ tryKubectl }: Stack, tenant: string): Promise<void> {
  await ensureBinaries([dataClient()], terminalProgress());
  const program = (await readFile(binaryPath(dataClient(), "client"))).toString("base64");
  const command = [
    "exec",
    "--stdin",
    ...podOf(tenant),
    "--",
    "sh",
    "-c",
    `base64 -d > ${path} && chmod 755 ${path}`,
  ];
  succeeded(await tryKubectl(command, program), command);
}

export const dataClientOf =
  ({ tryKubectl }: Stack): DataClient =>
  (tenant, words, environment = {}) => {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    return tryKubectl(["exec", ...podOf(tenant), "--", "env", ...variables, path, ...words]);
  };

const podOf = (tenant: string) => [
  `deployment/${objectNames.workload}`,
  `--namespace=${namespaceName(tenant)}`,
];
