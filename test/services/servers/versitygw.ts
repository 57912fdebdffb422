import { createHash, randomBytes } from "node:crypto";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import {
  objectStoreKeyId,
  objectStoreScripts,
  objectStoreService,
} from "../../../components/services/inCluster/objectStore.ts";
import { CertificateAuthority, serviceHost } from "../../../components/services/inCluster/tls.ts";
import { versitygw } from "../../../embedded/binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../../../embedded/binaries/index.ts";
import { ensurePackages } from "../../../embedded/debian/packages.ts";
import { relocate } from "../../../embedded/debian/relocate.ts";
import { clientPackages } from "../../../embedded/images/services/client.ts";
import { repository } from "../../../lib/system/paths.ts";
import { type RunResult, run } from "../../../lib/system/run.ts";
import { terminalProgress } from "../../../lib/terminal/progress.ts";
import { incarnationOf, ownerVariables } from "./owner.ts";
import { freePort, handOver, type RunningServer, serverFolder, startServer } from "./process.ts";
import { type SignedRequest, type StoreAnswer, sendSigned, signedLink } from "./signedRequest.ts";

const binaries = "usr/bin";
const host = serviceHost(objectStoreService);

/** How long a start may take on a busy machine. */
const startMilliseconds = 60_000;

export interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A tenant as scripts/object-store.sh is told of it. */
export interface StoreTenant {
  readonly id: string;
  readonly keyEpoch?: number;
  readonly access?: "open" | "locked";
  readonly files?: "yes" | "no";
  /** The owner's mark; `""` for none, as a program of before them gives. */
  readonly incarnation?: string;
  readonly adopt?: boolean;
}

/** versitygw as the program runs it: the same start script; and the same client for tenants' Jobs. */
export class Versitygw {
  readonly port: number;
  readonly adminPort: number;
  readonly admin: StoreKey = {
    accessKeyId: objectStoreKeyId,
    secretAccessKey: randomBytes(16).toString("hex"),
  };
  private readonly folder: string;
  private readonly authority: CertificateAuthority;
  private server: RunningServer | undefined;

  static async start(): Promise<Versitygw> {
    const folder = await serverFolder("versitygw");
    try {
      const progress = terminalProgress();
      await ensureBinaries([versitygw], progress);
      const client = await ensurePackages(clientPackages, progress);
      await relocate(client, join(folder, "programs"), [binaries]);
      await copyFile(binaryPath(versitygw, "versitygw"), join(folder, "programs", binaries, "versitygw"));
      const authority = await CertificateAuthority.of(randomBytes(32).toString("hex"));
      const store = new Versitygw(folder, authority, [await freePort(), await freePort()]);
      await store.writeFiles();
      await store.serve();
      return store;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, authority: CertificateAuthority, ports: readonly [number, number]) {
    this.folder = folder;
    this.authority = authority;
    [this.port, this.adminPort] = ports;
  }

  get endpoint(): string {
    return `https://${host}:${this.port}`;
  }

  get adminEndpoint(): string {
    return `https://${host}:${this.adminPort}`;
  }

  /** PEM file of who vouches for it. */
  get authorityFile(): string {
    return join(this.folder, "authority.crt");
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

  /** Where a bucket lies on the volume. */
  bucketFolder(bucket: string): string {
    return join(this.folder, "data/buckets", bucket);
  }

  log(): string {
    return this.server?.log() ?? "";
  }

  client(credentials: StoreKey): S3Client {
    return new S3Client({
      endpoint: this.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      maxAttempts: 1,
      requestHandler: { httpsAgent: this.agent() },
      credentials,
    });
  }

  /** A request as it is written, to the API of S3 or the one for administrators. */
  send(key: StoreKey | undefined, request: SignedRequest, endpoint = this.endpoint): Promise<StoreAnswer> {
    return sendSigned(endpoint, this.agent(), key, request);
  }

  /** A link to an object, signed. @param path as it stands in the request */
  link(key: StoreKey, path: string): string {
    return signedLink(this.endpoint, key, path);
  }

  open(link: string): Promise<StoreAnswer> {
    const { pathname, search } = new URL(link);
    const request = { method: "GET", path: pathname, query: search.slice(1), isPlain: true };
    return sendSigned(this.endpoint, this.agent(), undefined, request);
  }

  /** scripts/object-store.sh as the tenant's Job runs it. */
  provisioning(
    action: "provision" | "retire" | "drop",
    {
      id,
      keyEpoch = 1,
      access = "open",
      files = "yes",
      incarnation = incarnationOf(id),
      adopt = false,
    }: StoreTenant,
    options: { readonly timeout?: number } = {},
  ): Promise<RunResult> {
    return run(
      "sh",
      ["-eu", join(repository, "components/services/accounts/scripts/object-store.sh"), action],
      {
        timeout: 60_000,
        ...options,
        env: {
          ...this.environment(),
          TENANT_ID: id,
          KEY_EPOCH: `${keyEpoch}`,
          ACCESS: access,
          FILES: files,
          FILES_SECRET_KEY: filesKey({ id, keyEpoch }).secretAccessKey,
          BACKUP_SECRET_KEY: backupKey({ id, keyEpoch }).secretAccessKey,
          S3_ENDPOINT_URL: this.endpoint,
          ADMIN_ENDPOINT_URL: this.adminEndpoint,
          ADMIN_ACCESS_KEY: this.admin.accessKeyId,
          ADMIN_SECRET_KEY: this.admin.secretAccessKey,
          STORE_CA: join(this.folder, "authority.crt"),
          ...ownerVariables(action, incarnation, adopt),
        },
      },
    );
  }

  /** By TLS under the server's name in the cluster. */
  private agent(): Agent {
    return new Agent({
      ca: this.authority.certificate,
      lookup: (_name, options, callback) =>
        options.all === true
          ? callback(null, [{ address: "127.0.0.1", family: 4 }])
          : callback(null, "127.0.0.1", 4),
    });
  }

  /** curl reads the server's address from the folder `home`. */
  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: [join(this.folder, "programs", binaries), "/usr/sbin:/usr/bin:/sbin:/bin"].join(":"),
      CURL_HOME: join(this.folder, "home"),
    };
  }

  private async writeFiles(): Promise<void> {
    const addresses = [this.port, this.adminPort].map((port) => `resolve = "${host}:${port}:127.0.0.1"\n`);
    const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      scripts: objectStoreScripts(),
      tls: { ...(await this.authority.issue(objectStoreService)) },
      home: { ".curlrc": addresses.join("") },
      data: {},
    };
    for (const [name, contents] of Object.entries(folders)) {
      await mkdir(join(this.folder, name));
      for (const [file, text] of Object.entries(contents)) {
        await writeFile(join(this.folder, name, file), text);
      }
    }
    await handOver(this.folder);
    await writeFile(join(this.folder, "authority.crt"), this.authority.certificate);
  }

  private async serve(): Promise<void> {
    const { folder } = this;
    this.server = startServer(["sh", "-eu", join(folder, "scripts/start.sh")], folder, {
      PATH: this.environment().PATH,
      DATA: join(folder, "data"),
      CERTIFICATES: join(folder, "tls"),
      PORT: `${this.port}`,
      ADMIN_PORT: `${this.adminPort}`,
      ROOT_ACCESS_KEY: this.admin.accessKeyId,
      ROOT_SECRET_KEY: this.admin.secretAccessKey,
    });
    const ended = this.server.ended.then(() => true);
    const patience = Date.now() + startMilliseconds;
    while (!(await this.isHealthy())) {
      if (Date.now() > patience || (await Promise.race([ended, wait(100, false)]))) {
        throw new Error(`versitygw did not start:\n${this.log()}`);
      }
    }
  }

  private isHealthy(): Promise<boolean> {
    return new Promise((resolve) => {
      request(`${this.endpoint}/_/health`, { agent: this.agent() }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
        .on("error", () => resolve(false))
        .end();
    });
  }
}

const keyOf = (accessKeyId: string): StoreKey => ({
  accessKeyId,
  secretAccessKey: createHash("sha256").update(`secret of ${accessKeyId}`).digest("base64url"),
});

/** A tenant's of the tests. */
export const filesKey = ({ id, keyEpoch = 1 }: StoreTenant): StoreKey => keyOf(`${id}_e${keyEpoch}`);
export const backupKey = ({ id, keyEpoch = 1 }: StoreTenant): StoreKey => keyOf(`${id}_backup_e${keyEpoch}`);
