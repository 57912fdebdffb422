import { stringify } from "yaml";
import type { TenantFiles } from "./steps.ts";

/**
 * Exported states of a version of this program: a platform of its own, and a cell with a tenant of every kind
 * and in every state. What the next versions plan for it is test/engine/upgrade.test.ts.
 */

/** The stack of the tenants; the platform is dev's. */
export const fleetCell = "cell";

type Fields = Readonly<Record<string, unknown>>;

/** A tenant as it begins, and what becomes of it. */
interface Life {
  readonly first: Fields;
  readonly later?: Fields;
}

const offboarded = (retainUntil: string): Fields => ({ state: "offboarded", retainUntil });

const lives: Readonly<Record<string, Life>> = {
  small: { first: { plan: "basic" } },
  large: { first: { plan: "enterprise", host: "assistant.large.example" } },
  proxied: { first: { plan: "pro", auth: "trusted-proxy" } },
  grown: { first: { plan: "basic" }, later: { plan: "pro" } },
  rotated: { first: { plan: "pro" }, later: { keyEpoch: 2 } },
  suspended: { first: { plan: "pro" }, later: { state: "suspended" } },
  "never-ran": { first: { plan: "basic", state: "suspended" } },
  // Before its day and after it, whatever day it is.
  kept: { first: { plan: "pro" }, later: offboarded("2999-12-31") },
  ended: { first: { plan: "pro" }, later: offboarded("2000-01-01") },
};

const begun = filesOf(({ first }) => first);
const lived = filesOf(({ first, later }) => ({ ...first, ...later }));

/** The tenant files of each update. The last finds nothing to do but what follows by itself from the one before. */
export const fleetUpdates: readonly TenantFiles[] = [begun, lived, lived];

function filesOf(fieldsOf: (life: Life) => Fields): TenantFiles {
  return Object.fromEntries(
    Object.entries(lives).map(([id, life]) => [
      id,
      stringify({
        displayName: id,
        owner: `ops@${id}.example`,
        users: [{ email: `ada@${id}.example`, role: "admin" }],
        ...fieldsOf(life),
      }),
    ]),
  );
}
