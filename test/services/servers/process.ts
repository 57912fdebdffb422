import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lib/system/run.ts";

/** Whom servers run as, if this is root: most refuse to be. */
const nobody = 65_534;

/** A folder for one server, which every user may look into. It goes with the server. */
export const serverFolder = (name: string): Promise<string> => mkdtemp(join(tmpdir(), `openclaw-${name}-`));

/** Gives everything in a folder to the user that servers run as. */
export async function handOver(folder: string): Promise<void> {
  if (process.getuid?.() === 0) {
    await run("chown", ["-R", `${nobody}:${nobody}`, folder]);
  }
}

/** A port of the loopback interface that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}

export interface RunningServer {
  /** Its output so far. */
  readonly log: () => string;
  /** Ends once the server has, whoever ended it. */
  readonly ended: Promise<void>;
  /** As the kubelet does: SIGTERM to its first process, and waits. */
  readonly stop: () => Promise<void>;
}

/**
 * Ends the server when it reads a line from this process; when this process has ended instead, whatever way, it ends the
 * server all the same and removes its folder.
 */
const guard = `
  exec 3<&0
  "$@" & server=$!
  (
    read -r line || : > "$FOLDER/orphaned"
    kill -TERM $server
  ) <&3 >/dev/null 2>&1 & watcher=$!
  exec 3<&-
  code=0
  wait $server || code=$?
  kill $watcher 2>/dev/null
  if [ -e "$FOLDER/orphaned" ]; then rm -rf "$FOLDER"; fi
  exit $code`;

/**
 * Starts a server as an ordinary user.
 *
 * @param folder goes with this process, if that does not stop the server
 * @param asRoot for one that must share its files with programs that this process starts, and that may be root
 */
export function startServer(
  command: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
  asRoot = false,
): RunningServer {
  const user = process.getuid?.() === 0 && !asRoot ? { uid: nobody, gid: nobody } : {};
  const child = spawn("sh", ["-c", guard, "guard", ...command], {
    env: { ...env, FOLDER: folder },
    ...user,
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const log = collect(child);
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
  });
  child.stdin?.on("error", () => {});
  const stop = (): Promise<void> => {
    child.stdin?.end("stop\n");
    return ended;
  };
  return { log, ended, stop };
}

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}
