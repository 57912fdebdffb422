import { randomBytes } from "node:crypto";
import { appendFile, mkdir, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { databaseAdmin, databaseName } from "../../../components/services/database.ts";
import { sessionMemoryKib } from "../../../components/services/inCluster/database/memory.ts";
import { databaseScripts, databaseService } from "../../../components/services/inCluster/database.ts";
import { CertificateAuthority, serviceHost } from "../../../components/services/inCluster/tls.ts";
import { ensurePackages } from "../../../embedded/debian/packages.ts";
import { relocate } from "../../../embedded/debian/relocate.ts";
import { databasePackages } from "../../../embedded/images/services/database.ts";
import { type RunResult, run } from "../../../lib/system/run.ts";
import { terminalProgress } from "../../../lib/terminal/progress.ts";
import { freePort, handOver, type RunningServer, serverFolder, startServer } from "./process.ts";

const memoryMiB = 1024;

/** How long a start may take on a busy machine. */
const startMilliseconds = 120_000;

/** What is not as the program has it, to stand for servers that others run. */
export interface Differences {
  /** Of the start script's folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Extensions that an administrator makes who is no superuser. */
  readonly trusted?: readonly string[];
}

/** Of a session; the administrator's own if left out. */
export interface Login {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/**
 * PostgreSQL 17 of Debian's trixie as the program runs it: the same start script and settings, on a port of the loopback
 * interface, under its name in the cluster.
 */
export class Postgres {
  readonly port: number;
  /** What its certificate vouches for. */
  readonly name = serviceHost(databaseService);
  /** PEM. */
  readonly authority: string;
  readonly adminPassword: string;
  private readonly folder: string;
  private server: RunningServer | undefined;

  static async start({ files = {}, trusted = [] }: Differences = {}): Promise<Postgres> {
    const folder = await serverFolder("postgres");
    try {
      const packages = await ensurePackages(databasePackages, terminalProgress());
      await relocate(packages, join(folder, "programs"), [binaries]);
      for (const extension of trusted) {
        const control = `usr/share/postgresql/17/extension/${extension}.control`;
        await appendFile(join(folder, "programs", control), "trusted = true\n");
      }
      const authority = await CertificateAuthority.of(randomBytes(32).toString("hex"));
      const postgres = new Postgres(folder, await freePort(), authority.certificate);
      await postgres.writeFiles(files, { ...(await authority.issue(databaseService)) });
      await postgres.serve();
      return postgres;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, port: number, authority: string) {
    this.folder = folder;
    this.port = port;
    this.authority = authority;
    this.adminPassword = randomBytes(16).toString("hex");
  }

  /** Ends the server as the kubelet does. */
  async shutDown(): Promise<void> {
    await this.server?.stop();
  }

  /** Starts it anew on the same data. */
  async startAgain(): Promise<void> {
    await this.serve();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Ends every process of the server without notice, as a container's end does. */
  async crash(): Promise<void> {
    while (await killAllIn(this.volume)) {
      await wait(50);
    }
    await this.server?.ended;
  }

  /** Where the volume with the data would be mounted. */
  get volume(): string {
    return join(this.folder, "data");
  }

  log(): string {
    return this.server?.log() ?? "";
  }

  /** Gives the administrator another password, from the next start on. */
  async changeAdminPassword(password: string): Promise<void> {
    await writeFile(join(this.folder, "administrator/password"), password);
  }

  /** libpq's variables for a session that verifies the server. */
  environment({ user = databaseAdmin, password = this.adminPassword, database = databaseName }: Login = {}) {
    return {
      PATH: [join(this.folder, "programs", binaries), "/usr/sbin:/usr/bin:/sbin:/bin"].join(":"),
      PGHOST: this.name,
      PGHOSTADDR: "127.0.0.1",
      PGPORT: `${this.port}`,
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database,
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: join(this.folder, "authority.crt"),
      PGCONNECT_TIMEOUT: "10",
    };
  }

  /** A program of PostgreSQL, such as psql, or a shell script that calls them. */
  async program(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = this.environment(),
    input?: string,
  ): Promise<RunResult> {
    const path =
      command.includes("/") || command === "sh" ? command : join(this.folder, "programs", binaries, command);
    return run(path, args, { env, timeout: 120_000, ...(input === undefined ? {} : { input }) });
  }

  /** A session, to be ended by its user. */
  async connect({
    user = databaseAdmin,
    password = this.adminPassword,
    database = databaseName,
  }: Login = {}) {
    const client = new Client({
      host: "127.0.0.1",
      port: this.port,
      user,
      password,
      database,
      ssl: { ca: this.authority, servername: this.name },
      enableChannelBinding: true,
    });
    // The server may end it; whoever waits for a query is told by that query.
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** Rows of one statement in a session of its own. */
  async query(statement: string, login?: Login): Promise<readonly Record<string, unknown>[]> {
    const client = await this.connect(login);
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  private async writeFiles(
    files: Readonly<Record<string, string>>,
    certificate: Readonly<Record<string, string>>,
  ): Promise<void> {
    const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      scripts: { ...databaseScripts({ memoryMiB }), ...files },
      administrator: { username: databaseAdmin, password: this.adminPassword },
      tls: certificate,
      socket: {},
      data: {},
    };
    for (const [name, contents] of Object.entries(folders)) {
      await mkdir(join(this.folder, name));
      for (const [file, text] of Object.entries(contents)) {
        await writeFile(join(this.folder, name, file), text, { mode: name === "tls" ? 0o600 : 0o644 });
      }
    }
    await handOver(this.folder);
    await writeFile(join(this.folder, "authority.crt"), this.authority);
  }

  private async serve(): Promise<void> {
    const { folder } = this;
    this.server = startServer(["sh", "-eu", join(folder, "scripts/start.sh")], folder, {
      PATH: this.environment().PATH,
      LC_ALL: "C.UTF-8",
      PGDATA: join(folder, "data/pgdata"),
      PGHOST: join(folder, "socket"),
      PGPORT: `${this.port}`,
      ADMINISTRATOR: join(folder, "administrator"),
      CERTIFICATES: join(folder, "tls"),
      DATABASE: databaseName,
      MEMORY_KIB: `${sessionMemoryKib(memoryMiB)}`,
    });
    let hasEnded = false;
    void this.server.ended.then(() => {
      hasEnded = true;
    });
    const patience = Date.now() + startMilliseconds;
    while ((await this.program("pg_isready", ["--quiet"])).code !== 0) {
      if (hasEnded || Date.now() > patience) {
        throw new Error(`PostgreSQL did not start:\n${this.log()}`);
      }
      await wait(100);
    }
  }
}

/** Kills those processes whose working folder is in this one; PostgreSQL's all are. @returns whether there was one */
async function killAllIn(folder: string): Promise<boolean> {
  let found = false;
  for (const id of await readdir("/proc")) {
    const path = /^\d+$/.test(id) ? await readlink(`/proc/${id}/cwd`).catch(() => "") : "";
    if (path.startsWith(folder)) {
      found = true;
      // One that is gone by now is no fault.
      await run("kill", ["-KILL", id]);
    }
  }
  return found;
}

const binaries = "usr/lib/postgresql/17/bin";
