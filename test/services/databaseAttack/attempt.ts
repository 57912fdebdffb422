import type { Login, Postgres } from "../servers/postgres.ts";

/** Who says a statement: the hostile tenant, its neighbour, or the administrator in the hostile tenant's database. */
export type Speaker = "attacker" | "victim" | "administrator";

/** One thing that a hostile tenant would try. */
export interface Attempt {
  readonly name: string;
  /** Statements of one session of the attacker's, one after the other. */
  readonly statements: readonly string[];
  /**
   * How it is refused: by an error that says this; or, where PostgreSQL refuses nothing and there is nothing to be had, by
   * the last statement returning no row.
   */
  readonly refusal: RegExp | "no row";
  readonly stoppedBy: string;
  /** Where the same statements, or these, work and return something: so that no attempt is stopped by a mistake in it. */
  readonly control: { readonly by: Speaker; readonly statements?: readonly string[] };
}

export interface Outcome {
  readonly refused: boolean;
  readonly controlWorked: boolean;
  readonly said: string;
}

export async function tryOut(
  { statements, refusal, control }: Attempt,
  postgres: Postgres,
  logins: Readonly<Record<Speaker, Login>>,
): Promise<Outcome> {
  const attempt = await say(postgres, logins.attacker, statements);
  const controlled = await say(postgres, logins[control.by], control.statements ?? statements);
  const refused =
    refusal === "no row" ? attempt.rows === 0 : attempt.error !== undefined && refusal.test(attempt.error);
  const controlWorked = controlled.error === undefined && (refusal !== "no row" || controlled.rows !== 0);
  return {
    refused,
    controlWorked,
    said: `attempt: ${attempt.error ?? `${attempt.rows} rows`}; control: ${controlled.error ?? `${controlled.rows} rows`}`,
  };
}

/** Rows of the last statement, or the first error. Nothing of it stays, as far as a transaction can undo it. */
async function say(postgres: Postgres, login: Login, statements: readonly string[]) {
  const session = await postgres.connect(login);
  let rows: number | null = null;
  try {
    for (const statement of statements) {
      rows = (await session.query(statement)).rowCount;
    }
    return { rows };
  } catch (error) {
    return { rows, error: error instanceof Error ? error.message : String(error) };
  } finally {
    await session.end();
  }
}

/** For people to read. */
export function table(rows: readonly { name: string; outcome: string; stoppedBy: string }[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, outcome, stoppedBy }, index) =>
      [`${index + 1}`.padStart(3), name.padEnd(width), outcome.padEnd(9), stoppedBy].join("  "),
    )
    .join("\n");
}
