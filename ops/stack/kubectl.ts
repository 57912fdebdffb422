import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectlFolder, kubectlVariables } from "../../embedded/index.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { StackOutputs } from "./stackOutputs.ts";
import { type Target, targetFlags } from "./target.ts";

/** The cluster does not answer, or refuses who asks. */
export class ClusterSilent extends UserError {
  override readonly name = "ClusterSilent";
}

/** kubectl on the cluster of a target. */
export interface Kubectl {
  /** Runs it, whatever comes of it. @throws UserError if there is no kubectl */
  run(args: readonly string[], input?: string): Promise<RunResult>;
  /** The standard output of a run. @throws ClusterSilent if it does not succeed, UserError if there is no kubectl */
  succeed(args: readonly string[], input?: string): Promise<string>;
}

/** Seconds for the API server to answer a query. */
const requestTimeout = "--request-timeout=15s";

/**
 * Runs `body` with kubectl and the access to the target's cluster that its stack or the command line names.
 *
 * @param options.timeout milliseconds after which a run of it is ended: the API server may answer or not, but a program
 *   that a kubeconfig has credentials made by may wait for ever
 */
export async function withKubectl<T>(
  target: Target,
  outputs: Pick<StackOutputs, "cluster" | "kubeconfig">,
  body: (kubectl: Kubectl) => Promise<T>,
  { timeout }: { readonly timeout?: number } = {},
): Promise<T> {
  const { context, kubeconfig, remedy } = accessTo(target, outputs);
  return withKubeconfig(kubeconfig, (variables) => {
    const env = { ...process.env, ...kubectlEnvironment(target), ...variables };
    const common = [...(context === undefined ? [] : ["--context", context]), requestTimeout];
    const kubectl = async (args: readonly string[], input?: string): Promise<RunResult> => {
      const result = await run("kubectl", [...common, ...args], {
        env,
        ...(input === undefined ? {} : { input }),
        ...(timeout === undefined ? {} : { timeout }),
      });
      if (result.code === 127) {
        throw new UserError("kubectl is required to ask the cluster, and is not on PATH.");
      }
      return result;
    };
    return body({
      run: kubectl,
      async succeed(args, input) {
        const { code, stdout, stderr } = await kubectl(args, input);
        if (code !== 0) {
          throw new ClusterSilent(
            `The cluster does not answer: ${stderr.trim().split("\n").at(-1)}\n${remedy}`,
          );
        }
        return stdout;
      },
    });
  });
}

interface Access {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  /** The remedy if it does not work. */
  readonly remedy: string;
}

/** The access to the cluster; the command line goes before the stack's outputs. */
function accessTo(
  target: Target,
  { cluster, kubeconfig }: Pick<StackOutputs, "cluster" | "kubeconfig">,
): Access {
  if (target.kind === "embedded") {
    return { context: target.context, remedy: "`npm run up` starts the embedded cluster again." };
  }
  const context = target.context ?? cluster?.context;
  if (context !== undefined) {
    return { context, remedy: `It was asked by the context ${context} of your kubeconfig.` };
  }
  const again = `\`npm run up${targetFlags(target)}\` is given another`;
  return {
    kubeconfig,
    remedy: `The credential that the last update was given ends after some time; ${again}, and --context names your own.`,
  };
}

/** Runs with a kubeconfig in a file that nobody else can read, and that is gone afterwards. */
async function withKubeconfig<T>(
  text: string | undefined,
  body: (variables: { readonly KUBECONFIG?: string }) => Promise<T>,
): Promise<T> {
  if (text === undefined) {
    return body({});
  }
  const folder = await mkdtemp(join(tmpdir(), "openclaw-kubeconfig-"));
  try {
    const file = join(folder, "kubeconfig");
    await writeFile(file, text, { mode: 0o600 });
    return await body({ KUBECONFIG: file });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function kubectlEnvironment({ kind, home }: Target): NodeJS.ProcessEnv {
  return kind === "embedded"
    ? { ...kubectlVariables(home), PATH: `${kubectlFolder()}:${process.env.PATH}` }
    : {};
}
