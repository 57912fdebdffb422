/**
 * `node tools/run.mjs <command> [arguments]`: what the npm scripts call. Runs on any Node from 18 with nothing
 * installed: installs the packages of package-lock.json if they are not the installed ones, then hands over to
 * ops/main.ts on the Node of the project.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cloneFault } from "../lib/system/folderName.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const modules = join(repository, "node_modules");
const projectNode = join(modules, ".bin", "node");
const main = join(repository, "ops", "main.ts");
const lock = join(
  tmpdir(),
  `openclaw-npm-ci-${createHash("sha256").update(repository).digest("hex").slice(0, 12)}`,
);
/** Runs TypeScript files as they are, and knows import.meta.main, from here on. */
const [minimumMajor = 0, minimumMinor = 0] = JSON.parse(
  readFileSync(join(repository, "package.json"), "utf8"),
)
  .engines.node.match(/\d+/g)
  .map(Number);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isNewEnough = major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);

/**
 * What is installed does not follow from the user's settings: NODE_ENV=production and `omit` would leave out what the
 * commands are made of. No package needs its own script, which `ignore-scripts` forbids.
 */
const npmArguments = [
  "ci",
  ...["dev", "optional", "peer"].map((kind) => `--include=${kind}`),
  "--ignore-scripts",
  "--bin-links",
  "--install-strategy=hoisted",
  ...["global", "dry-run", "engine-strict", "legacy-peer-deps", "package-lock-only"].map(
    (name) => `--no-${name}`,
  ),
  "--package-lock",
  ...["--no-audit", "--no-fund", "--loglevel=error"],
];

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

/**
 * The packages that are not the ones of package-lock.json. npm writes node_modules/.package-lock.json last of all, so it
 * says what is really installed.
 */
function missingPackages() {
  const installed = packagesOf(join(modules, ".package-lock.json"));
  const wanted = Object.entries(packagesOf(join(repository, "package-lock.json")));
  return wanted.flatMap(([path, { optional, integrity }]) => {
    const found = installed[path];
    const isFine = path === "" || (found === undefined ? optional === true : found.integrity === integrity);
    return isFine ? [] : [path];
  });
}

/** The path of the package with node for this machine, if there is one. */
const [nodePackage] = Object.entries(packagesOf(join(repository, "package-lock.json"))).flatMap(
  ([path, { os, cpu }]) =>
    /^node_modules\/node-[a-z0-9-]+$/.test(path) &&
    os?.includes(process.platform) &&
    cpu?.includes(process.arch)
      ? [path]
      : [],
);

/** npm 10 and older leave out the link that two packages have in common, although one of them is for another machine. */
function linkNode() {
  const program = nodePackage && join(repository, nodePackage, "bin", "node");
  if (!program || !existsSync(program) || existsSync(projectNode)) {
    return;
  }
  try {
    mkdirSync(dirname(projectNode), { recursive: true });
    symlinkSync(relative(dirname(projectNode), program), projectNode);
  } catch (error) {
    // Another command has made it meanwhile.
    if (error.code !== "EEXIST") {
      throw error;
    }
  }
}

function isInstalled() {
  if (missingPackages().length > 0) {
    return false;
  }
  linkNode();
  return isNewEnough || nodePackage === undefined || existsSync(projectNode);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Removes a lock without an owner: of several that find it one moves it away, and whoever moved another's by mistake puts it back. */
function removeStale(owner) {
  const aside = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  if (text(join(aside, "pid")) === owner) {
    rmSync(aside, { recursive: true, force: true });
  } else {
    renameSync(aside, lock);
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
    const written = text(join(lock, "pid"));
    const owner = Number(written);
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (owner > 0 ? !isAlive(owner) : age > 5_000) {
      removeStale(written);
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
  // To stderr: the output of the command itself may be read by a program.
  const code = await run("npm", npmArguments, { cwd: repository, stdio: ["ignore", 2, 2] }).finally(() =>
    clearInterval(ticker),
  );
  if (code === 0) {
    console.error(`packages: installed in ${seconds()}`);
  }
  return code;
}

/** Installs what is missing. @returns the exit code and the reason if nothing can be run */
async function refusal() {
  const because = (reason, code = 1) => ({ code, reason });
  const fault = cloneFault(repository, process.env);
  if (fault !== undefined) {
    return because(fault);
  }
  const code = isInstalled() ? 0 : await withLock(async () => (isInstalled() ? 0 : install()));
  if (code !== 0) {
    return because("npm ci failed; its message is above. Is the npm registry reachable?", code);
  }
  if (!isInstalled()) {
    const [path = nodePackage] = missingPackages();
    return because(
      `npm ci has left out ${path}: it could not be fetched, or a setting forbids it (\`npm config ls -l\`).`,
    );
  }
  if (!isNewEnough && !existsSync(projectNode)) {
    return because(
      `Node ${minimumMajor}.${minimumMinor} or newer is required on ${process.platform} ${process.arch}, and this is ` +
        `${process.versions.node}; a newer one comes with the packages on Linux only.`,
    );
  }
  return undefined;
}

const refused = await refusal().catch((error) => {
  if (error.code === "ENOENT" && error.syscall === "spawn npm") {
    return { code: 1, reason: "npm is required to install them, and is not on PATH." };
  }
  throw error;
});
if (refused !== undefined) {
  console.error(`packages: ${refused.reason}`);
  process.exitCode = refused.code;
} else if (isNewEnough) {
  const { runMain } = await import(pathToFileURL(main).href);
  process.exitCode = await runMain(process.argv.slice(2));
} else {
  process.exitCode = await run(projectNode, [main, ...process.argv.slice(2)]);
}
