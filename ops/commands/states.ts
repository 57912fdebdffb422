import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Engine, removeCluster } from "../../embedded/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { embeddedOwner } from "../../settings/stacks.ts";
import { fleetCell, fleetUpdates } from "../../tools/states/fleet.ts";
import { recordedSettings } from "../../tools/states/settings.ts";
import { recordedSteps, type TenantFiles } from "../../tools/states/steps.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { runPulumi, upArguments } from "../stack/pulumi.ts";
import { openSession } from "../stack/session.ts";
import { settingsCopyFile, stackEnvironment } from "../stack/stack.ts";
import { engineKind, outFolder, type Target, targetOf } from "../stack/target.ts";

const help = {
  usage: "npm run states -- --out DIR [--fleet] [--engine KIND]",
  text: `Records what an engine writes into the state: brings the tenants of dev up on an embedded cluster of its own, adds
one, enlarges, suspends, rotates and offboards, and after each step saves the stack's state as
DIR/KIND-STEP.json.gz. The cluster is removed at the end, and dev's own is left alone.

The files hold credentials of that cluster in clear, which open nothing once it is gone.

  --out DIR        folder of the files; made if need be
  --fleet          instead, what a version leaves to those after it: a platform (DIR/dev.json.gz) and a cell with a
                   tenant in every state (DIR/cell.json.gz), with their settings and the tenant files
  --engine KIND    official or stand-in: that engine or none
  --help           print this`,
};

const options = {
  out: { type: "string" },
  fleet: { type: "boolean", default: false },
  engine: { type: "string" },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { out, engine, fleet } = parsed.values;
  if (out === undefined) {
    throw new UsageError(`--out is required.\nusage: ${help.usage}; --help tells more`);
  }
  const choice = engine === undefined ? undefined : engineKind(engine);
  const folder = outFolder(out);
  await mkdir(folder, { recursive: true });
  const home = await mkdtemp(join(tmpdir(), "openclaw-states-"));
  const stackOf = (stack: string): Target =>
    targetOf({ stack, embedded: true, tenants: join(home, "tenants", stack), engine: choice }, home);
  try {
    await (fleet ? recordFleet(stackOf, folder) : recordSteps(stackOf(embeddedOwner), folder));
    return 0;
  } finally {
    await removeCluster(home);
    await rm(home, { recursive: true, force: true });
  }
}

async function recordSteps(target: Target, folder: string): Promise<void> {
  let files = await committedFiles();
  for (const { name, change } of recordedSteps) {
    files = change(files);
    const engine = await update(target, files, `the step ${name}`);
    await record(join(folder, `${engine.kind}-${name}`), target, engine);
  }
}

async function recordFleet(stackOf: (stack: string) => Target, folder: string): Promise<void> {
  await recordStack(stackOf(embeddedOwner), [{}], folder);
  await recordStack(stackOf(fleetCell), fleetUpdates, folder);
  await writeFiles(fleetUpdates.at(-1) ?? {}, join(folder, "tenants"));
}

/** The state after all of these updates, and what the last was brought up with. */
async function recordStack(target: Target, updates: readonly TenantFiles[], folder: string): Promise<void> {
  let engine: Engine | undefined;
  for (const files of updates) {
    engine = await update(target, files, target.stack);
  }
  if (engine !== undefined) {
    await record(join(folder, target.stack), target, engine);
  }
  const settings = await readFile(settingsCopyFile(target), "utf8");
  await writeFile(join(folder, `${target.stack}.yaml`), recordedSettings(settings));
}

/**
 * Brings the stack up with these tenant files.
 *
 * @param what is brought up, for the message
 * @throws UserError if the update does not succeed
 */
async function update(target: Target, files: TenantFiles, what: string): Promise<Engine> {
  await writeFiles(files, target.tenants ?? "");
  const engine = await openSession(target, terminalProgress());
  if ((await runPulumi(target, engine, upArguments(target))) !== 0) {
    throw new UserError(
      `The update of ${what} failed; nothing is recorded of it and of what comes after it.`,
    );
  }
  return engine;
}

async function record(path: string, target: Target, engine: Engine): Promise<void> {
  const { code, stdout, stderr } = await run(
    engine.cli,
    ["stack", "export", "--show-secrets", "--stack", target.stack, "--non-interactive"],
    { cwd: repository, env: stackEnvironment(target, engine) },
  );
  if (code !== 0) {
    throw new UserError(`pulumi stack export: ${stderr.trim()}`);
  }
  // Where this clone lies is in every resource's trace, and no business of others.
  const state = stdout.replaceAll(`${repository}/`, "/repository/");
  await writeFile(`${path}.json.gz`, gzipSync(state, { level: 9 }));
  console.log(`wrote ${path}.json.gz`);
}

async function committedFiles(): Promise<TenantFiles> {
  const folder = join(repository, "tenants", "dev");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
  return Object.fromEntries(
    await Promise.all(
      names.map(
        async (name) => [basename(name, ".yaml"), await readFile(join(folder, name), "utf8")] as const,
      ),
    ),
  );
}

async function writeFiles(files: TenantFiles, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [tenant, text] of Object.entries(files)) {
    await writeFile(join(folder, `${tenant}.yaml`), text);
  }
}
