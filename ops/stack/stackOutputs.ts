import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ensureCli } from "../../embedded/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { stackEnvironment, stateFile } from "./stack.ts";
import { type Target, targetFlags } from "./target.ts";

/** Outputs of index.ts. */
export interface StackOutputs {
  readonly tenants: Readonly<
    Record<string, { namespace: string; url?: string; plan: string; state: string; monthlyCny: number }>
  >;
  /** The common facts of tenants; no credentials. */
  readonly platform?: unknown;
  readonly services?: unknown;
  /** The connection to the cluster. Only an existing one is known by a context. */
  readonly cluster?: { readonly context?: string };
  /** The kubeconfig of a managed cluster, with the credential of the last update. */
  readonly kubeconfig?: string;
}

/**
 * The records of tenants in a stack's last update.
 *
 * @throws UserError if the stack has never been brought up
 */
export async function stackOutputs(target: Target, progress: Progress): Promise<StackOutputs> {
  const outputs = target.kind === "own" ? await backendOutputs(target, progress) : await localOutputs(target);
  if (outputs?.tenants === undefined) {
    throw new UserError(
      `Nothing is up. \`npm run up${targetFlags(target)}\` brings the stack ${target.stack} up.`,
    );
  }
  return { ...outputs, tenants: outputs.tenants };
}

/** Straight from the state file: a tenth of the time that `pulumi stack output` takes. */
async function localOutputs(target: Target): Promise<Partial<StackOutputs> | undefined> {
  const file = stateFile(target);
  if (!existsSync(file)) {
    return undefined;
  }
  const state: StateFile = JSON.parse(await readFile(file, "utf8"));
  return state.checkpoint.latest?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
}

interface StateFile {
  readonly checkpoint: {
    readonly latest?: { readonly resources?: readonly { type: string; outputs?: Partial<StackOutputs> }[] };
  };
}

async function backendOutputs(target: Target, progress: Progress): Promise<Partial<StackOutputs>> {
  const engine = await ensureCli(progress);
  const output = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(
      engine.cli,
      ["stack", "output", ...args, "--stack", target.stack, "--non-interactive"],
      { cwd: repository, env: stackEnvironment(target, engine) },
    );
    if (code !== 0) {
      throw new UserError(`pulumi stack output: ${stderr.trim()}`);
    }
    return stdout;
  };
  const outputs: Partial<StackOutputs> = JSON.parse(await output("--json"));
  // Asked for by its name: with --show-secrets --json every tenant's token would come along.
  return outputs.kubeconfig === undefined
    ? outputs
    : { ...outputs, kubeconfig: await output("kubeconfig", "--show-secrets") };
}
