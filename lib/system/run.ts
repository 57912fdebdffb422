import { spawn } from "node:child_process";
import { Interrupted } from "../terminal/errors.ts";
import { onInterrupt } from "../terminal/interrupt.ts";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Milliseconds after which the command and its children are killed. */
  readonly timeout?: number;
  /** Called with each line of stderr as it comes. */
  readonly onErrorLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit code; 127 if the program does not exist, 124 if it was killed for being too slow. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end in a process group of its own and keeps what it prints. Ctrl-C kills the whole group.
 *
 * @throws Interrupted after Ctrl-C
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    let end: "interrupted" | "timeout" | undefined;
    const kill = (why: typeof end) => {
      end ??= why;
      killGroup(child.pid);
    };
    const stopListening = onInterrupt(() => kill("interrupted"));
    const timer =
      options.timeout === undefined ? undefined : setTimeout(() => kill("timeout"), options.timeout);
    const finish = () => {
      clearTimeout(timer);
      stopListening();
    };

    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output.stdout += chunk;
    });
    let partial = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      output.stderr += chunk;
      const lines = (partial + chunk).split("\n");
      partial = lines.pop() ?? "";
      for (const line of lines) {
        options.onErrorLine?.(line);
      }
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input);
    child.on("error", (error: NodeJS.ErrnoException) => {
      finish();
      if (error.code === "ENOENT") {
        resolve({ code: 127, stdout: "", stderr: `${command}: ${error.message}` });
      } else {
        reject(error);
      }
    });
    child.on("close", (code) => {
      finish();
      if (end === "interrupted") {
        reject(new Interrupted());
      } else {
        resolve({ code: end === "timeout" ? 124 : (code ?? 1), ...output });
      }
    });
  });
}

export function killGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
