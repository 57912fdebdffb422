import { createHash, randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  cacheAdmin,
  cacheAdministrator,
  cacheScripts,
  cacheService,
} from "../../../components/services/inCluster/cache.ts";
import { CertificateAuthority } from "../../../components/services/inCluster/tls.ts";
import { ensurePackages } from "../../../embedded/debian/packages.ts";
import { relocate } from "../../../embedded/debian/relocate.ts";
import { cachePackages } from "../../../embedded/images/services/cache.ts";
import { repository } from "../../../lib/system/paths.ts";
import { type RunResult, run } from "../../../lib/system/run.ts";
import { terminalProgress } from "../../../lib/terminal/progress.ts";
import { incarnationOf, ownerVariables } from "./owner.ts";
import { freePort, handOver, type RunningServer, serverFolder, startServer } from "./process.ts";
import { ValkeyConnection } from "./valkeyConnection.ts";

const binaries = "usr/bin";

/** How long a start may take on a busy machine. */
const startMilliseconds = 60_000;

/** Who talks to the server. */
export interface CacheLogin {
  readonly user: string;
  readonly password: string;
}

/** A tenant as scripts/cache.sh is told of it. */
export interface CacheTenant {
  readonly id: string;
  readonly keyEpoch?: number;
  readonly access?: "open" | "locked";
  /** The owner's mark; `""` for none, as a program of before them gives. */
  readonly incarnation?: string;
  readonly adopt?: boolean;
}

/** Valkey 8 of Debian's trixie as the program runs it: the same start script, settings and administrators. */
export class Valkey {
  readonly port: number;
  readonly adminPassword = randomBytes(16).toString("hex");
  private readonly folder: string;
  private readonly memoryMiB: number;
  private readonly authority: CertificateAuthority;
  private server: RunningServer | undefined;

  static async start({ memoryMiB = 64 } = {}): Promise<Valkey> {
    const folder = await serverFolder("valkey");
    try {
      await relocate(await ensurePackages(cachePackages, terminalProgress()), join(folder, "programs"), [
        binaries,
      ]);
      const authority = await CertificateAuthority.of(randomBytes(32).toString("hex"));
      const valkey = new Valkey(folder, await freePort(), memoryMiB, authority);
      await valkey.writeFiles();
      await valkey.serve();
      return valkey;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, port: number, memoryMiB: number, authority: CertificateAuthority) {
    this.folder = folder;
    this.port = port;
    this.memoryMiB = memoryMiB;
    this.authority = authority;
  }

  get admin(): CacheLogin {
    return { user: cacheAdmin, password: this.adminPassword };
  }

  /** Ends the server, and starts it anew on the same data. */
  async restart(): Promise<void> {
    await this.server?.stop();
    await this.serve();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  log(): string {
    return this.server?.log() ?? "";
  }

  /** A connection that stays, logged in. */
  async connect({ user, password }: CacheLogin): Promise<ValkeyConnection> {
    const connection = await ValkeyConnection.open(this.port, cacheService, this.authority.certificate);
    await connection.send("AUTH", user, password);
    return connection;
  }

  /** One command. @returns what valkey-cli prints: an error begins with its code, such as `NOPERM` */
  async command(login: CacheLogin, ...words: readonly string[]): Promise<string> {
    const { stdout, stderr } = await this.client(login, words);
    return (stdout || stderr).trim();
  }

  /** Commands of one connection, one a line, as at valkey-cli's prompt. @returns its answers, one after another */
  async session(login: CacheLogin, commands: readonly string[], timeout?: number): Promise<string> {
    const { stdout } = await this.client(login, [], `${commands.join("\n")}\n`, timeout);
    return stdout.trim();
  }

  /** scripts/cache.sh as the tenant's Job runs it. */
  provisioning(
    action: "provision" | "retire" | "drop",
    { id, keyEpoch = 1, access = "open", incarnation = incarnationOf(id), adopt = false }: CacheTenant,
    options: { readonly timeout?: number } = {},
  ): Promise<RunResult> {
    const { password } = cacheLogin({ id, keyEpoch });
    return run("sh", ["-eu", join(repository, "components/services/accounts/scripts/cache.sh"), action], {
      timeout: 60_000,
      ...options,
      env: {
        PATH: this.path(),
        TENANT_ID: id,
        KEY_EPOCH: `${keyEpoch}`,
        ACCESS: access,
        CACHE_HOST: "127.0.0.1",
        CACHE_PORT: `${this.port}`,
        CACHE_CA: join(this.folder, "tls/ca.crt"),
        REDISCLI_AUTH: this.adminPassword,
        CACHE_PASSWORD_SHA256: createHash("sha256").update(password).digest("hex"),
        ...ownerVariables(action, incarnation, adopt),
      },
    });
  }

  private client(
    { user, password }: CacheLogin,
    words: readonly string[],
    input?: string,
    timeout = 30_000,
  ): Promise<RunResult> {
    const tls = ["--tls", "--cacert", join(this.folder, "tls/ca.crt")];
    const args = ["-p", `${this.port}`, ...tls, "--user", user, "--no-auth-warning", ...words];
    return run(join(this.folder, "programs", binaries, "valkey-cli"), args, {
      env: { PATH: this.path(), REDISCLI_AUTH: password },
      timeout,
      ...(input === undefined ? {} : { input }),
    });
  }

  private path(): string {
    return [join(this.folder, "programs", binaries), "/usr/sbin:/usr/bin:/sbin:/bin"].join(":");
  }

  private async writeFiles(): Promise<void> {
    const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      scripts: cacheScripts(),
      administrator: cacheAdministrator(this.adminPassword),
      tls: { ...(await this.authority.issue(cacheService)) },
      data: {},
    };
    for (const [name, contents] of Object.entries(folders)) {
      await mkdir(join(this.folder, name));
      for (const [file, text] of Object.entries(contents)) {
        await writeFile(join(this.folder, name, file), text);
      }
    }
    await handOver(this.folder);
  }

  private async serve(): Promise<void> {
    const { folder } = this;
    this.server = startServer(["sh", "-eu", join(folder, "scripts/start.sh")], folder, {
      PATH: this.path(),
      DATA: join(folder, "data"),
      ADMINISTRATOR: join(folder, "administrator"),
      CERTIFICATES: join(folder, "tls"),
      PORT: `${this.port}`,
      MEMORY_MIB: `${this.memoryMiB}`,
    });
    const ended = this.server.ended.then(() => true);
    const patience = Date.now() + startMilliseconds;
    while ((await this.command({ user: "probe", password: "probe" }, "ping")) !== "PONG") {
      if (Date.now() > patience || (await Promise.race([ended, wait(100, false)]))) {
        throw new Error(`Valkey did not start:\n${this.log()}`);
      }
    }
  }
}

/** What a tenant of the tests logs in with. */
export const cacheLogin = ({ id, keyEpoch = 1 }: CacheTenant): CacheLogin => ({
  user: `${id}_e${keyEpoch}`,
  password: createHash("sha256").update(`password of ${id} in epoch ${keyEpoch}`).digest("base64url"),
});
