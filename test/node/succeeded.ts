import type { RunResult } from "../../lib/system/run.ts";

/** The output of a program. @throws Error with all its output if it failed */
export function succeeded({ code, stdout, stderr }: RunResult, what: readonly string[]): string {
  if (code !== 0) {
    throw new Error(`${what.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
  }
  return stdout;
}
