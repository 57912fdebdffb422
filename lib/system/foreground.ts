import { type StdioOptions, spawn } from "node:child_process";
import { onInterrupt } from "../terminal/interrupt.ts";
import { killGroup } from "./run.ts";

export interface ForegroundOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The destination of its output instead of this terminal: an open file, or a function. It then reads no input either. */
  readonly output?: number | ((chunk: Buffer) => void);
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
  const stream = typeof output === "function" ? "pipe" : output;
  const stdio: StdioOptions = stream === undefined ? "inherit" : ["ignore", stream, stream];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio, detached });
    if (typeof output === "function") {
      child.stdout?.on("data", output);
      child.stderr?.on("data", output);
    }
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
    // Not "exit": what it printed last may still be on its way.
    child.on("close", (code, signal) => {
      stopListening();
      resolve(code ?? (signal === "SIGINT" ? 130 : 137));
    });
  });
}
