import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  isAlive,
  killProcess,
  listProcesses,
  type MarkedProcess,
  markedProcesses,
  type ProcessInfo,
} from "../../lib/system/process.ts";
import { runMark, runVariable } from "./stack.ts";
import type { Target } from "./target.ts";

/** Milliseconds that the kernel may take to end a killed process. */
const killPatience = 10_000;

/** Processes that an engine starts: plugins and language hosts, and on Node the program or a policy pack. */
const pluginName = /^pulumi-(language|resource|analyzer)-/;
const programPath = /\/@pulumi\/pulumi\/cmd\/run(-[a-z-]+)?\//;

/**
 * The processes of a target's runs whose engine is gone, and what they have started. Pulumi's own plugins notice that
 * only after minutes, and hold the cluster's connections until then.
 *
 * Everything between an engine and its plugins carries the mark, so a plugin whose parent has none is an orphan. A shell
 * of the user's may carry it too (npm run shell): it is none of an engine's programs, and stays.
 *
 * @param all processes: the environment of an engine that may be executed and not read cannot be seen, its name can
 */
export function leftovers(
  marked: readonly MarkedProcess[],
  all: readonly ProcessInfo[] = [],
): MarkedProcess[] {
  const living = all.filter(({ command }) => isEngine(command) || isOfEngine(command));
  const pids = new Set([...marked, ...living].map(({ pid }) => pid));
  const found = marked.filter(({ parent, command }) => isOfEngine(command) && !pids.has(parent));
  for (const { pid } of found) {
    found.push(...marked.filter(({ parent }) => parent === pid));
  }
  return found;
}

const isEngine = (command: string): boolean => basename(command.split(" ")[0] ?? "") === "pulumi";

function isOfEngine(command: string): boolean {
  const [program = ""] = command.split(" ");
  return pluginName.test(basename(program)) || programPath.test(command);
}

/** Ends what runs of this target that were killed have left; resolves to the names and ids of what was ended. */
export async function endLeftovers(target: Target): Promise<string[]> {
  const found = leftovers(await markedProcesses(runVariable, runMark(target)), await listProcesses());
  for (const { pid } of found) {
    killProcess(pid);
  }
  const deadline = Date.now() + killPatience;
  while (found.some(({ pid }) => isAlive(pid)) && Date.now() < deadline) {
    await sleep(20);
  }
  return found.map(({ pid, command }) => `${shownName(command)} (${pid})`);
}

function shownName(command: string): string {
  const name = basename(command.split(" ")[0] ?? "");
  return pluginName.test(name) ? name : "the program";
}
