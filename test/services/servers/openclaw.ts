import { access, chmod, copyFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openclawConfig } from "../../../components/tenant/openclawConfig.ts";
import { openclawVersion } from "../../../embedded/images/openclaw.ts";
import { cacheRoot, platformName } from "../../../lib/system/cache.ts";
import { withLock } from "../../../lib/system/lock.ts";
import { repository } from "../../../lib/system/paths.ts";
import { run } from "../../../lib/system/run.ts";
import { platformFacts } from "../../fixtures/platform.ts";
import { tenant } from "../../fixtures/tenant.ts";
import { freePort, type RunningServer, serverFolder, startServer } from "./process.ts";

/** From where only the edge may come; the tests say that they are it. */
const forwarded = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" };
const token = "token-of-the-tests";

/** How long a start may take on a busy machine. */
const startMilliseconds = 240_000;

/**
 * OpenClaw as the image has it, with the configuration that the program emits, and with its volume in a folder. Its
 * models are the stand-in of the real node.
 */
export class OpenClaw {
  /** What is the volume's root in a pod. */
  readonly volume: string;
  private readonly folder: string;
  private readonly programs: string;
  private readonly port: number;
  private readonly model: RunningServer;
  private gateway: RunningServer | undefined;

  static async start(): Promise<OpenClaw> {
    const programs = await installed();
    const folder = await serverFolder("openclaw");
    try {
      const [port, modelPort] = [await freePort(), await freePort()];
      const volume = join(folder, "volume");
      for (const each of [volume, join(folder, "home")]) {
        await mkdir(each);
      }
      await writeFile(join(folder, "openclaw.json"), configText(volume, port, modelPort));
      const program = join(repository, "embedded/node/standInModel/server.ts");
      const environment = { PATH: pathWith(programs), PORT: `${modelPort}` };
      const model = startServer(["node", program], join(folder, "model"), environment, true);
      const openclaw = new OpenClaw({ folder, volume, programs, port, model });
      await openclaw.serve();
      return openclaw;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(
    parts: Pick<OpenClaw, "volume"> &
      Readonly<Record<"folder" | "programs", string>> & {
        readonly port: number;
        readonly model: RunningServer;
      },
  ) {
    this.folder = parts.folder;
    this.volume = parts.volume;
    this.programs = parts.programs;
    this.port = parts.port;
    this.model = parts.model;
  }

  /** Of the state, below the volume's root as in a pod. */
  get state(): string {
    return join(this.volume, "state");
  }

  /** Environment variables of any process that works on the state, such as the first step of a backup. */
  environment(): Record<string, string> {
    return {
      PATH: pathWith(this.programs),
      HOME: join(this.folder, "home"),
      OPENCLAW_STATE_DIR: this.state,
      OPENCLAW_WORKSPACE_DIR: join(this.state, "workspace"),
      OPENCLAW_CONFIG_PATH: join(this.folder, "openclaw.json"),
      OPENCLAW_CONFIG_READONLY: "1",
      OPENCLAW_NO_AUTO_UPDATE: "1",
      OPENCLAW_SUPERVISOR_MODE: "external",
      OPENCLAW_DISABLE_BONJOUR: "1",
      XDG_CACHE_HOME: join(this.folder, "home/.cache"),
    };
  }

  /** What the assistant answers. */
  async ask(text: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}/v1/chat/completions`, {
      method: "POST",
      headers: { ...forwarded, authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "openclaw", user: "drill", messages: [{ role: "user", content: text }] }),
      signal: AbortSignal.timeout(90_000),
    });
    const answer: unknown = await response.json();
    return JSON.stringify(answer);
  }

  async endGateway(): Promise<void> {
    await this.gateway?.stop();
    this.gateway = undefined;
  }

  /** Starts the gateway on what the volume holds. */
  async serve(): Promise<void> {
    const secrets = { OPENCLAW_GATEWAY_TOKEN: token, TENANT_LLM_KEY: "key" };
    this.gateway = startServer(
      ["openclaw", "gateway"],
      this.folder,
      { ...this.environment(), ...secrets },
      true,
    );
    const patience = Date.now() + startMilliseconds;
    while (!(await this.isReady())) {
      if (Date.now() > patience) {
        throw new Error(`OpenClaw did not start:\n${this.gateway.log()}`);
      }
      await wait(500);
    }
  }

  async stop(): Promise<void> {
    await this.endGateway();
    await this.model.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private isReady(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.port}/startupz`, { headers: forwarded }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

const pathWith = (programs: string): string => [join(programs, "bin"), "/usr/bin", "/bin"].join(delimiter);

function configText(volume: string, port: number, modelPort: number): string {
  const platform = {
    ...platformFacts,
    edge: { ...platformFacts.edge, proxyCidrs: ["127.0.0.0/8"] },
    modelGateway: { ...platformFacts.modelGateway, url: `http://127.0.0.1:${modelPort}/v1` },
  };
  const config = openclawConfig(tenant(), "acme.openclaw.example", platform, "Asia/Shanghai");
  const { defaults } = config.agents;
  return JSON.stringify({
    ...config,
    gateway: { ...config.gateway, port, bind: "loopback" },
    agents: { defaults: { ...defaults, workspace: join(volume, "state/workspace") } },
  });
}

/** The image's packages in the cache, with Node and OpenClaw by name in bin/. */
async function installed(): Promise<string> {
  const sources = join(repository, "embedded/images/openclaw");
  const folder = join(cacheRoot(), "images", platformName, `openclaw-packages-${openclawVersion}`);
  return withLock(`${folder}.lock`, async () => {
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    if (!isThere) {
      const partial = `${folder}.partial`;
      await rm(partial, { recursive: true, force: true });
      await mkdir(join(partial, "bin"), { recursive: true });
      for (const name of ["package.json", "package-lock.json"]) {
        await copyFile(join(sources, name), join(partial, name));
      }
      const path = [join(repository, "node_modules/.bin"), process.env.PATH].join(delimiter);
      const npm = async (...args: readonly string[]) => {
        const { code, stderr } = await run("npm", [...args, "--no-audit", "--no-fund"], {
          cwd: partial,
          env: { ...process.env, PATH: path },
        });
        if (code !== 0) {
          throw new Error(`npm ${args[0]} of OpenClaw failed: ${stderr}`);
        }
      };
      await npm("ci", "--omit=dev", "--ignore-scripts");
      await npm("rebuild", "openclaw");
      const packages = join(partial, "node_modules");
      const node = join(packages, `node-linux-${process.arch}`, "bin/node");
      await chmod(node, 0o755);
      await symlink(`../node_modules/node-linux-${process.arch}/bin/node`, join(partial, "bin/node"));
      await symlink("../node_modules/openclaw/openclaw.mjs", join(partial, "bin/openclaw"));
      await chmod(join(packages, "openclaw/openclaw.mjs"), 0o755);
      await rename(partial, folder);
    }
    return folder;
  });
}
