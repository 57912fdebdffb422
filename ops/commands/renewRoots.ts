import { servicesNamespace } from "../../components/services/namespace.ts";
import type { Engine } from "../../embedded/index.ts";
import { Interrupted, UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { counted } from "../../lib/text.ts";
import { type BackupContext, refuseNeedlessKey, withBackups } from "../backup/context.ts";
import { lendKeyOption, lentKeyOf } from "../backup/lendKey.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { confirmTenant } from "../commandLine/confirm.ts";
import { refuseDeletions } from "../diagnosis/deletions.ts";
import { leftovers } from "../roots/leftovers.ts";
import {
  type Cluster,
  forgetOldPassword,
  keepOldPassword,
  keptPasswords,
  oldBackupPassword,
} from "../roots/oldPasswords.ts";
import { rekey } from "../roots/rekey.ts";
import {
  oldBackupRoots,
  oldRootNames,
  pendingOperations,
  type StackExport,
  stackExportOf,
  unmarkedTenants,
  withoutOldRoots,
} from "../roots/state.ts";
import { withKubectl } from "../stack/kubectl.ts";
import { runStackCommand } from "../stack/pendingOperations.ts";
import { runPulumi, upArguments } from "../stack/pulumi.ts";
import { openSession, tenantsOf } from "../stack/session.ts";
import { stackOutputs } from "../stack/stackOutputs.ts";
import { type Target, targetFlags, targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run renew-roots -- --stack NAME [options] [-- options of pulumi up]",
  text: `Makes another root for everything of a stack whose roots stand in the clear in its state, which programs before 0.2
made: every credential of every tenant becomes another, every gateway is started anew, and each tenant's backups get another
password, with which the old backups are read as well. Where there is nothing to do it says so. Interrupted or failed, the
same command goes on. First the platform's stack, then its cells. docs/operations.md has the whole procedure.

  --dry-run        show what it would do, and do nothing
  --yes            do not ask
  --lend-key       on OSS and COS, for the backups of offboarded tenants, who have no role: the access key in
                   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if it has one, AWS_SESSION_TOKEN
${targetHelp}`,
};

const options = {
  ...targetOptions,
  ...lendKeyOption,
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { "dry-run": dryRun, yes } = parsed.values;
  const target = targetOf(parsed.values);
  const lentKey = lentKeyOf(parsed.values);
  const progress = terminalProgress();
  if (target.kind !== "own") {
    // Refuses a stack that was never up before a cluster is started for it.
    await stackOutputs(target, progress);
  }
  const engine = await openSession(target, progress);
  const state = await exportOf(target, engine);
  refusePending(target, state);
  const outputs = await stackOutputs(target, progress);
  refuseNeedlessKey(outputs.services, lentKey);
  const within = <T>(body: (cluster: Cluster) => Promise<T>) =>
    withKubectl(target, outputs, (kubectl) =>
      body({ kubectl, target, services: { namespace: servicesNamespace } }),
    );

  const waiting = [...(await within(keptPasswords).catch(explained)).keys()];
  const [roots, unmarked] = [oldRootNames(state), unmarkedTenants(state)];
  if (roots.length === 0 && unmarked.length === 0 && waiting.length === 0) {
    console.log(`Nothing to do: no root of the stack ${target.stack} stands in the clear.`);
    return 0;
  }
  console.log(planText(target, roots, waiting));
  if (dryRun) {
    console.log("Nothing was changed: --dry-run.");
    return 0;
  }
  if (!yes) {
    await confirmTenant(target.stack);
  }
  const ids = tenantsOf(target).map(({ id }) => id);
  await within(({ kubectl }) => refuseDeletions(kubectl, ids));
  if (roots.length > 0 || unmarked.length > 0) {
    const step = progress.step("the old roots: keeping what opens the backups, and out of the state");
    try {
      await within((cluster) => forgetRoots(cluster, engine));
    } catch (error) {
      step.fail();
      throw error;
    }
    step.done("the old roots are out of the state");
  }
  const code = await runPulumi(target, engine, upArguments(target, parsed.rest));
  if (code !== 0) {
    const again = `\`npm run renew-roots${targetFlags(target)}\``;
    console.error(`\nThe update did not complete. The old backups' passwords are kept; ${again} goes on.`);
    return code;
  }
  const failed = await withBackups(target, progress, rekeyAll, lentKey);
  console.log(`\n${leftovers(target)}`);
  return failed === 0 ? 0 : 1;
}

/** The remedy that is offered where a cluster does not answer would be refused by the program. */
function explained(error: unknown): never {
  throw error instanceof UserError
    ? new UserError(
        `${error.message}\nNothing was changed. If it is the credential that has run out: bring the stack up once with the version of the program that made it, and run this within two hours.`,
      )
    : error;
}

/**
 * Refuses operations that a killed run began: in the user's own backend nothing forgets them, and an import would.
 *
 * @throws UserError if there is something
 */
function refusePending(target: Target, state: StackExport): void {
  const pending = pendingOperations(state);
  if (pending > 0) {
    throw new UserError(
      `A run of the stack ${target.stack} was killed with ${counted(pending, "operation")} begun, and the state does not say what became of them. ` +
        `Nothing was changed. \`npm run shell${targetFlags(target)}\`, and there \`pulumi refresh\`, asks about each.`,
    );
  }
}

async function exportOf(target: Target, engine: Engine, ...more: readonly string[]): Promise<StackExport> {
  const { stdout } = await runStackCommand(target, engine, "export", undefined, ...more);
  return stackExportOf(stdout);
}

function planText({ stack }: Target, roots: readonly string[], waiting: readonly string[]): string {
  return [
    `This makes the roots of the stack ${stack} anew:`,
    ...(roots.length === 0
      ? ["  state      the old roots are out of it already"]
      : [`  state      ${counted(roots.length, "root")} in the clear leave it: ${roots.join(", ")}`]),
    "  update     every credential of every tenant is another, and every gateway is started anew",
    "  backups    each tenant's get another password; old ones stay readable",
    ...(waiting.length === 0 ? [] : [`  goes on    with the backups of ${waiting.join(", ")}`]),
    "Nobody else may update the stack meanwhile.",
  ].join("\n");
}

/** The old passwords are kept before what they are derived from goes. */
async function forgetRoots(cluster: Cluster, engine: Engine): Promise<void> {
  const { target } = cluster;
  const shown = await exportOf(target, engine, "--show-secrets");
  for (const [id, root] of oldBackupRoots(shown)) {
    await keepOldPassword(cluster, id, oldBackupPassword(root, id));
  }
  // Another export, whose secrets are still encrypted, and as late as can be: the question may have stood for hours, and
  // what somebody else has written since then must not be undone.
  const state = await exportOf(target, engine);
  refusePending(target, state);
  await runStackCommand(target, engine, "import", JSON.stringify(withoutOldRoots(state)));
}

/** @returns of how many tenants the backups could not be given another password */
async function rekeyAll(context: BackupContext): Promise<number> {
  let failed = 0;
  for (const [id, password] of await keptPasswords(context)) {
    try {
      if ((await rekey(context, id, password)) === "left") {
        console.log(`${id} has left the stack: its backups keep their password until they are purged.`);
      }
      await forgetOldPassword(context, id);
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof Interrupted) {
        throw error;
      }
      failed += 1;
      console.error(`${id}: ${error.message}`);
    }
  }
  if (failed > 0) {
    const again = `\`npm run renew-roots${targetFlags(context.target)}\``;
    console.error(
      `The backups of ${counted(failed, "tenant")} have their old password still; ${again} goes on.`,
    );
  }
  return failed;
}
