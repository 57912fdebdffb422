import type { Attempt } from "../attempt.ts";
import { byVictim, other, refused, victim } from "./words.ts";

const away = "a database of its own";

export const data: readonly Attempt[] = [
  refused(
    "list schemas",
    `SELECT FROM pg_namespace WHERE nspname = 'tenant_${victim}'`,
    "no row",
    away,
    byVictim,
  ),
  refused("list tables", "SELECT FROM pg_tables WHERE tablename = 'secrets'", "no row", away, byVictim),
  refused(
    "list columns",
    "SELECT FROM information_schema.columns WHERE table_name = 'secrets'",
    "no row",
    away,
    byVictim,
  ),
  refused(
    "list tables by number",
    "SELECT FROM generate_series(16384, 30000) i WHERE i::regclass::text ~ 'secrets'",
    "no row",
    away,
    byVictim,
  ),
  refused("list functions", "SELECT FROM pg_proc WHERE proname = 'confidential'", "no row", away, byVictim),
  refused("read statistics", "SELECT FROM pg_stats WHERE tablename = 'secrets'", "no row", away, byVictim),
  refused("qualified name", `SELECT * FROM ${other}.secrets`, /does not exist/, away, byVictim),
  refused(
    "name with the database",
    `SELECT * FROM ${other}.${other}.secrets`,
    /cross-database/,
    away,
    byVictim,
  ),
  refused(
    "search_path",
    [`SET search_path = ${other}`, "SELECT * FROM secrets"],
    /does not exist/,
    away,
    byVictim,
  ),
  refused("temporary table", "SELECT * FROM pg_temp.draft", /does not exist/, away, {
    by: "victim",
    statements: ["CREATE TEMPORARY TABLE draft (id int)", "SELECT * FROM pg_temp.draft"],
  }),
  refused(
    "another's temporary schema",
    "SELECT FROM pg_namespace WHERE nspname ~ '^pg_temp' AND nspname ~ 'draft|[0-9]'",
    "no row",
    away,
    {
      by: "victim",
      statements: [
        "CREATE TEMPORARY TABLE draft (id int)",
        "SELECT FROM pg_namespace WHERE nspname ~ '^pg_temp'",
      ],
    },
  ),
];
