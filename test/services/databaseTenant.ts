import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Client } from "pg";
import { scramVerifier } from "../../components/services/accounts/scram.ts";
import type { RunResult } from "../../lib/system/run.ts";
import { incarnationOf, ownerVariables } from "./servers/owner.ts";
import type { Login, Postgres } from "./servers/postgres.ts";

const script = join(import.meta.dirname, "../../components/services/accounts/scripts/database.sh");

export interface JobChoices {
  readonly epoch?: number;
  readonly access?: "open" | "locked";
  readonly connectionLimit?: number;
  readonly administrator?: Login;
  /** The owner's mark of the tenant; `""` for none, as a program of before them gives. */
  readonly incarnation?: string;
  readonly adopt?: boolean;
  /** Statements a session of the script begins with. */
  readonly psqlOptions?: string;
}

/** What the container `database` of a tenant's Job runs, with the environment that it has there. */
export async function runJob(
  postgres: Postgres,
  action: "provision" | "retire" | "drop",
  id: string,
  {
    epoch = 1,
    access = "open",
    connectionLimit = 10,
    administrator,
    incarnation = incarnationOf(id),
    adopt = false,
  }: JobChoices = {},
): Promise<RunResult> {
  return postgres.program("sh", ["-eu", script, action], {
    ...postgres.environment(administrator),
    TENANT_ID: id,
    KEY_EPOCH: `${epoch}`,
    ACCESS: access,
    CONNECTION_LIMIT: `${connectionLimit}`,
    TEMP_FILE_LIMIT_MIB: "16",
    ...ownerVariables(action, incarnation, adopt),
    DATABASE_VERIFIER: await scramVerifier(passwordOf(id, "tenant", epoch), saltOf(id)),
    DATABASE_BACKUP_VERIFIER: await scramVerifier(passwordOf(id, "backup", epoch), saltOf(id)),
  });
}

/** {@link runJob} of a Job that must succeed. @returns its log */
export async function succeed(...args: Parameters<typeof runJob>): Promise<string> {
  const { code, stdout, stderr } = await runJob(...args);
  if (code !== 0) {
    throw new Error(`${args[1]} of ${args[2]} ended with ${code}: ${stderr}`);
  }
  return stdout + stderr;
}

/** The tenant's own login. */
export const loginOf = (id: string, epoch = 1) => ({
  user: `tenant_${id}_e${epoch}`,
  password: passwordOf(id, "tenant", epoch),
  database: `tenant_${id}`,
});

/** The login of the tenant's backups. */
export const backupLoginOf = (id: string, epoch = 1) => ({
  user: `tenant_${id}_backup_e${epoch}`,
  password: passwordOf(id, "backup", epoch),
  database: `tenant_${id}`,
});

/** A session for the length of a function. */
export async function withSession<T>(
  postgres: Postgres,
  login: Login | undefined,
  use: (session: Client) => Promise<T>,
): Promise<T> {
  const session = await postgres.connect(login);
  try {
    return await use(session);
  } finally {
    await session.end();
  }
}

/** As credentials.ts derives them: 43 characters of base64url. */
const passwordOf = (...parts: readonly (string | number)[]): string =>
  createHash("sha256").update(parts.join("/")).digest("base64url");

const saltOf = (id: string): Buffer => createHash("sha256").update(`salt/${id}`).digest();
