import { type StdioOptions, spawn } from "node:child_process";
import { onInterrupt } from "../terminal/interrupt.ts";
import { killGroup } from "./run.ts";

export interface ForegroundOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** An open file that takes what the program prints, instead of this terminal; it then reads nothing either. */
  readonly output?: number;
}

/** Whether Ctrl-C comes from a terminal that programs of ours share. */
export const isOnTerminal = (): boolean => process.stdin.isTTY === true;

/**
 * Runs a program with this terminal; resolves to its exit code. The first Ctrl-C lets it end by itself, the second
 * ends it and its children.
 *
 * On a terminal it is in the foreground group, so Ctrl-C reaches it anyway and must not be sent again. Elsewhere it has
 * a group of its own, and gets each signal exactly once.
 */
export function runInForeground(
  command: string,
  args: readonly string[],
  options: ForegroundOptions,
): Promise<number> {
  const detached = !isOnTerminal();
  const { output, cwd, env } = options;
  const stdio: StdioOptions = output === undefined ? "inherit" : ["ignore", output, output];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio, detached });
    const stopListening = onInterrupt((press) => {
      if (detached && press === 1) {
        child.kill("SIGINT");
      } else if (detached) {
        killGroup(child.pid);
      }
    });
    child.on("error", (error) => {
      stopListening();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      stopListening();
      resolve(code ?? (signal === "SIGINT" ? 130 : 137));
    });
  });
}
