/**
 * `node tools/run.mjs <command> [arguments]`: what the npm scripts call. Runs on any Node from 18 with nothing
 * installed: installs the packages of package-lock.json if they are not the installed ones, then hands over to
 * tools/cli/main.ts on the Node of the project.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const modules = join(repository, "node_modules");
const projectNode = join(modules, ".bin", "node");
const main = join(repository, "tools", "cli", "main.ts");
const lock = join(
  tmpdir(),
  `openclaw-npm-ci-${createHash("sha256").update(repository).digest("hex").slice(0, 12)}`,
);
/** Runs TypeScript files as they are from here on; the npm package `node` is newer. */
const minimumNodeMajor = 24;

function text(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function packagesOf(lockFile) {
  return JSON.parse(text(lockFile) ?? "{}").packages ?? {};
}

/** npm writes node_modules/.package-lock.json last of all, so it says what is really installed. */
function isInstalled() {
  const installed = packagesOf(join(modules, ".package-lock.json"));
  const wanted = Object.entries(packagesOf(join(repository, "package-lock.json")));
  return (
    existsSync(projectNode) &&
    wanted.every(([path, { optional, integrity }]) => {
      const found = installed[path];
      return path === "" || (found === undefined ? optional === true : found.integrity === integrity);
    })
  );
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** The lock is a folder with its owner's process id; one whose owner is gone is taken over. */
async function withLock(work) {
  for (let said = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") {
        throw error;
      }
    }
    const owner = Number(text(join(lock, "pid")));
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (owner > 0 ? !isAlive(owner) : age > 5_000) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!said) {
      said = true;
      console.error(`packages: waiting for process ${owner || "?"}, which is installing them`);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  try {
    writeFileSync(join(lock, "pid"), String(process.pid));
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Runs a command with this terminal; resolves to its exit code. Signals go to it, and its end is ours. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    const forward = (signal) => child.kill(signal);
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) {
      process.on(signal, forward);
    }
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const each of signals) {
        process.off(each, forward);
      }
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

async function install() {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.error("packages: npm ci, about half a minute the first time");
  const ticker = setInterval(() => console.error(`packages: npm ci, ${seconds()}`), 10_000);
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  // To stderr: the output of the command itself may be read by a program.
  const code = await run("npm", args, { cwd: repository, stdio: ["ignore", 2, 2] }).finally(() =>
    clearInterval(ticker),
  );
  if (code === 0) {
    console.error(`packages: installed in ${seconds()}`);
  }
  return code;
}

let code = 0;
if (!isInstalled()) {
  code = await withLock(async () => (isInstalled() ? 0 : install()));
}
if (code !== 0) {
  console.error("packages: npm ci failed; its message is above. Is the npm registry reachable?");
  process.exitCode = code;
} else if (Number(process.versions.node.split(".")[0]) >= minimumNodeMajor) {
  const { runMain } = await import(pathToFileURL(main).href);
  process.exitCode = await runMain(process.argv.slice(2));
} else {
  process.exitCode = await run(projectNode, [main, ...process.argv.slice(2)]);
}
