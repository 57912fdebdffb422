import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { removeCluster } from "../cluster/index.ts";
import type { Engine } from "../engine/index.ts";
import { type RecordedStep, recordedSteps, type TenantFiles } from "../states/steps.ts";
import { repository } from "../system/paths.ts";
import { run } from "../system/run.ts";
import { UsageError, UserError } from "../terminal/errors.ts";
import { terminalProgress } from "../terminal/progress.ts";
import { parseCommand } from "./arguments.ts";
import { runPulumi, upArguments } from "./pulumi.ts";
import { openSession } from "./session.ts";
import { stackEnvironment } from "./stack.ts";
import { engineKind, outFolder, type Target, targetOf } from "./target.ts";

const help = {
  usage: "npm run states -- --out DIR [--engine KIND]",
  text: `Records what an engine writes into the state: brings the tenants of dev up on an embedded cluster of its own, adds
one, enlarges, suspends, rotates and offboards, and after each step saves the stack's state as
DIR/KIND-STEP.json.gz. The cluster is removed at the end, and dev's own is left alone.

The files hold credentials of that cluster in clear, which open nothing once it is gone.

  --out DIR        folder of the files; made if need be
  --engine KIND    official or stand-in: that engine or none
  --help           print this`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { out: { type: "string" }, engine: { type: "string" } }, help);
  if (parsed === undefined) return 0;
  const { out, engine } = parsed.values;
  if (out === undefined) throw new UsageError(`--out is required.\nusage: ${help.usage}; --help tells more`);
  const choice = engine === undefined ? undefined : engineKind(engine);
  const folder = outFolder(out);
  await mkdir(folder, { recursive: true });
  const home = await mkdtemp(join(tmpdir(), "openclaw-states-"));
  try {
    const target = targetOf(
      { stack: "dev", embedded: true, tenants: join(home, "tenants", "dev"), engine: choice },
      home,
    );
    await record(target, folder);
    return 0;
  } finally {
    await removeCluster(home);
    await rm(home, { recursive: true, force: true });
  }
}

async function record(target: Target, folder: string): Promise<void> {
  const progress = terminalProgress();
  const { tenants = "" } = target;
  let files = await committedFiles();
  let engine: Engine | undefined;
  for (const step of recordedSteps) {
    files = step.change(files);
    await writeFiles(files, tenants);
    engine ??= await openSession(target, progress);
    const file = join(folder, `${engine.kind}-${step.name}.json.gz`);
    await writeFile(file, gzipSync(await stateAfter(step, target, engine)));
    console.log(`wrote ${file}`);
  }
}

/** @throws UserError if the update does not succeed */
async function stateAfter({ name }: RecordedStep, target: Target, engine: Engine): Promise<string> {
  if ((await runPulumi(target, engine, upArguments(target))) !== 0) {
    throw new UserError(
      `The update of the step ${name} failed; nothing is recorded of it and of those after it.`,
    );
  }
  const { code, stdout, stderr } = await run(
    engine.cli,
    ["stack", "export", "--show-secrets", "--stack", target.stack, "--non-interactive"],
    { cwd: repository, env: stackEnvironment(target, engine) },
  );
  if (code !== 0) throw new UserError(`pulumi stack export: ${stderr.trim()}`);
  return stdout;
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
