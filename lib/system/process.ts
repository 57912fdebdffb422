import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether the process runs. One that has ended but that nobody has waited for (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

/** SIGKILL to a process that may have ended meanwhile: between a list of processes and a signal there is always a moment. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}

export interface ProcessInfo {
  readonly pid: number;
  /** Program and arguments, separated by blanks. */
  readonly command: string;
}

/** Every process of the machine that may be seen: /proc on Linux (no ps needed), `ps` elsewhere. */
export async function listProcesses(): Promise<ProcessInfo[]> {
  if (process.platform !== "linux") {
    const { stdout } = await run("ps", ["-axww", "-o", "pid=,command="], { maxBuffer: 64 << 20 });
    return stdout.split("\n").flatMap((line) => {
      const match = /^\s*(\d+)\s+(.*)$/.exec(line);
      return match ? [{ pid: Number(match[1]), command: match[2] ?? "" }] : [];
    });
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), command: line.split("\0").join(" ").trim() };
    }),
  );
  // A zombie has no command line left.
  return all.filter(({ command }) => command !== "");
}

/** A process that was started with a certain variable in its environment. */
export interface MarkedProcess extends ProcessInfo {
  readonly parent: number;
}

/** Every process of this user (of anybody, for root) that was started with this variable of this value. */
export async function markedProcesses(name: string, value: string): Promise<MarkedProcess[]> {
  return process.platform === "linux" ? markedOnLinux(`${name}=${value}`) : markedByPs(`${name}=${value}`);
}

async function markedOnLinux(mark: string): Promise<MarkedProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
      if (!(await read("environ")).split("\0").includes(mark)) {
        return [];
      }
      const command = (await read("cmdline")).split("\0").join(" ").trim();
      // The program's name before it, in parentheses, may hold anything.
      const parent = /.*\) \S (\d+)/s.exec(await read("stat"))?.[1];
      return command === "" || parent === undefined
        ? []
        : [{ pid: Number(pid), parent: Number(parent), command }];
    }),
  );
  return all.flat();
}

/** The processes with a mark in their environment, which `ps -E` prints behind the arguments. */
async function markedByPs(mark: string): Promise<MarkedProcess[]> {
  const args = ["-axwwE", "-o", "pid=,ppid=,command="];
  const { stdout } = await run("ps", args, { maxBuffer: 64 << 20 });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return `${command} `.includes(` ${mark} `) ? [{ pid: Number(pid), parent: Number(parent), command }] : [];
  });
}
