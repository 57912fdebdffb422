import type { Attempt } from "../attempt.ts";

/** The hostile tenant, and the neighbour whose id begins alike. */
export const attacker = "acme";
export const victim = "acme-2";

export const own = `"tenant_${attacker}"`;
export const other = `"tenant_${victim}"`;
export const otherLogin = `"tenant_${victim}_e1"`;

export const denied = /permission denied/;
const byAdministrator = { by: "administrator" } as const;
export const byVictim = { by: "victim" } as const;

export const refused = (
  name: string,
  statement: string | readonly string[],
  refusal: Attempt["refusal"],
  stoppedBy: string,
  control: Attempt["control"] = byAdministrator,
): Attempt => ({
  name,
  statements: typeof statement === "string" ? [statement] : statement,
  refusal,
  stoppedBy,
  control,
});

/** A control by the administrator that leaves nothing behind. */
export const undone = (...statements: readonly string[]): Attempt["control"] => ({
  by: "administrator",
  statements: ["BEGIN", ...statements, "ROLLBACK"],
});
