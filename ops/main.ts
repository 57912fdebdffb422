import { inspect } from "node:util";
import { directLoopback } from "../lib/system/proxy.ts";
import { UserError } from "../lib/terminal/errors.ts";
import { printableLines } from "../lib/text.ts";
import { programVersion } from "../settings/programVersion.ts";
import { ownArguments } from "./commandLine/arguments.ts";

interface Command {
  readonly summary: string;
  readonly load: () => Promise<{ main(argv: string[]): Promise<number> }>;
}

const commands: Record<string, Command> = {
  up: {
    summary: "bring the stack up, on the embedded cluster unless told otherwise",
    load: () => import("./commands/up.ts"),
  },
  preview: { summary: "show what up would change", load: () => import("./commands/preview.ts") },
  status: {
    summary: "the tenants: plan, state, URL, ready, price",
    load: () => import("./commands/status.ts"),
  },
  open: {
    summary: "a browser's way to a tenant that runs on the embedded cluster",
    load: () => import("./commands/open.ts"),
  },
  down: {
    summary: "remove the embedded cluster, or destroy a stack elsewhere",
    load: () => import("./commands/down.ts"),
  },
  shell: {
    summary: "print the exports for using pulumi and kubectl by hand",
    load: () => import("./commands/shell.ts"),
  },
  backups: { summary: "the backups of a tenant", load: () => import("./commands/backups.ts") },
  backup: { summary: "back a tenant up now", load: () => import("./commands/backup.ts") },
  restore: {
    summary: "restore a tenant to a backup, or undo that",
    load: () => import("./commands/restore.ts"),
  },
  purge: { summary: "delete for good what is left of a tenant", load: () => import("./commands/purge.ts") },
  "renew-roots": {
    summary: "other roots for a stack that was made before 0.2, whose roots stand in the clear",
    load: () => import("./commands/renewRoots.ts"),
  },
  check: { summary: "validate the tenant files", load: () => import("./commands/check.ts") },
  review: {
    summary: "what a branch changes: tenants, price, resources, what is destructive",
    load: () => import("./commands/review.ts"),
  },
  cells: {
    summary: "which cell has room, and where the next tenant goes",
    load: () => import("./commands/cells.ts"),
  },
  "cell:new": {
    summary: "make the settings and the folder of a new cell",
    load: () => import("./commands/cellNew.ts"),
  },
  plugins: {
    summary:
      "Pulumi's official parts: which are needed, where they are; fetch them for a machine without a network",
    load: () => import("./commands/plugins.ts"),
  },
  orphans: {
    summary: "what a cloud has of a stack's and the state does not",
    load: () => import("./commands/orphans.ts"),
  },
  generate: { summary: "write the generated files anew", load: () => import("./commands/generate.ts") },
  image: { summary: "build the OpenClaw image", load: () => import("./commands/image.ts") },
  test: { summary: "lint, type check and every test", load: () => import("./commands/test.ts") },
  mutants: {
    summary: "change the code and see whether a test notices",
    load: () => import("./commands/mutants.ts"),
  },
  pipeline: { summary: "the steps of the CI workflows", load: () => import("./commands/pipeline.ts") },
  states: {
    summary: "record what an engine writes into the state",
    load: () => import("./commands/states.ts"),
  },
  release: {
    summary: "make the next version: files, commit, tag",
    load: () => import("./commands/release.ts"),
  },
  bench: { summary: "measure the program and the engine", load: () => import("./commands/bench.ts") },
};

function usage(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(13)}${summary}`);
  return [
    "usage: npm run <command> [-- options]",
    "",
    ...rows,
    "",
    "npm run <command> -- --help tells the options of each, and --version the version of this program.",
  ].join("\n");
}

/** Runs one command; returns the exit code: 1 for a user's mistake, 2 for a wrong command line. */
export async function runMain(argv: string[]): Promise<number> {
  // For this process and all that it starts: engines, plugins, programs, tests.
  Object.assign(process.env, directLoopback(process.env));
  const [name = "--help", ...rest] = argv;
  if (ownArguments(argv).includes("--version")) {
    console.log(programVersion);
    return 0;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    console.log(usage());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(printableLines(`There is no command "${name}".\n\n${usage()}`));
    return 2;
  }
  try {
    return await (await command.load()).main(rest);
  } catch (error) {
    if (error instanceof UserError) {
      console.error(printableLines(`error: ${error.message}`));
      return error.exitCode;
    }
    // A defect of this program. Its text may hold a file's all the same.
    console.error(printableLines(inspect(error)));
    return 1;
  }
}

if (import.meta.main) {
  process.exitCode = await runMain(process.argv.slice(2));
}
