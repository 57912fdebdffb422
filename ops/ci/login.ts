import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../lib/terminal/errors.ts";
import { exportLine } from "../../lib/terminal/quote.ts";
import { type Cloud, clouds } from "./clouds.ts";
import type { Variables } from "./http.ts";

/** A kubeconfig as text, for a cluster that no cloud's credentials open. */
const kubeconfigVariable = "KUBECONFIG_CONTENT";

export interface Login {
  /** Environment variables for the steps that follow in the job. */
  readonly variables: Readonly<Record<string, string>>;
  /** The values among them that no log may show. */
  readonly secrets: readonly string[];
  /** One line each: where to. */
  readonly said: readonly string[];
}

/**
 * Takes the roles that the job's environment names, and puts the kubeconfig it holds into a file.
 *
 * @param clusterKind of the stack; what it needs must be there
 * @throws UserError when it is not, or when a cloud refuses
 */
export async function login(
  clusterKind: string | undefined,
  environment: Variables,
  known: readonly Cloud[] = clouds,
): Promise<Login> {
  const chosen = known.filter(({ roleVariable }) => environment[roleVariable]);
  const missing = known.find((cloud) => cloud.clusterKind === clusterKind && !chosen.includes(cloud));
  if (missing !== undefined) {
    throw new UserError(
      `The stack's cluster is on ${missing.name}, and the environment has no variable ${missing.roleVariable}.\n` +
        "docs/ci.md says how to make the role and where to write it.",
    );
  }
  const taken: Record<string, string>[] = [];
  for (const cloud of chosen) {
    taken.push(await cloud.credentials(environment));
  }
  const secret: Record<string, string> = Object.assign({}, ...taken);
  const kubeconfig = environment[kubeconfigVariable];
  return {
    variables: {
      ...secret,
      ...(kubeconfig ? { KUBECONFIG: await kubeconfigFile(kubeconfig, environment) } : {}),
    },
    secrets: Object.values(secret),
    said: [
      ...chosen.map(({ name, roleVariable }) => `${name}: ${environment[roleVariable]}`),
      ...(kubeconfig ? [`kubeconfig from ${kubeconfigVariable}`] : []),
    ],
  };
}

async function kubeconfigFile(text: string, { RUNNER_TEMP }: Variables): Promise<string> {
  const file = join(await mkdtemp(join(RUNNER_TEMP || tmpdir(), "openclaw-")), "kubeconfig");
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** Lines for the file of $GITHUB_ENV. @throws UserError for a value of several lines, which could set others */
export function githubEnvironmentLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (/[\r\n]/.test(value)) {
        throw new UserError(`${name} has several lines; a credential has one`);
      }
      return `${name}=${value}\n`;
    })
    .join("");
}

/** The workflow commands that hide the values in every log of the job. */
export const maskLines = (secrets: readonly string[]): string =>
  secrets.map((secret) => `::add-mask::${secret}\n`).join("");

/** Lines for `eval`. */
export const shellLines = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${exportLine(name, value)}\n`)
    .join("");
