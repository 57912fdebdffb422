import type { RunResult } from "../../lib/system/run.ts";

/** What a program printed. @throws Error with all it printed if it failed */
export function succeeded({ code, stdout, stderr }: RunResult, what: readonly string[]): string {
  if (code !== 0) {
    throw new Error(`${what.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
  }
  return stdout;
}
