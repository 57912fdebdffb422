import { counted } from "../lib/text.ts";
import { comparableAddress } from "./emailAddress.ts";
import { findingAt } from "./findings.ts";
import { plans } from "./plans.ts";
import type { Finding } from "./problems.ts";
import { type TenantFile, tenantFileSchema } from "./schema.ts";
import type { YamlText } from "./yamlText.ts";

/**
 * Rules between the fields of one file. Each looks only at fields that are valid by themselves, so that one
 * report names the broken rule beside the misspelt key, not after it has been corrected.
 */
export function ruleFindings(fields: ValidFields, yaml: YamlText): Finding[] {
  return [seatsFinding, adminFinding, duplicateUserFindings, retainUntilFinding].flatMap((rule) =>
    rule(fields, yaml),
  );
}

/** The fields of a file that are valid by themselves, with their defaults. */
export type ValidFields = Partial<TenantFile>;

export function validFields(data: unknown): ValidFields {
  if (typeof data !== "object" || data === null) {
    return {};
  }
  const entries = Object.entries(tenantFileSchema.shape).flatMap(([key, schema]) => {
    const parsed = schema.safeParse(Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined);
    return parsed.success ? [[key, parsed.data]] : [];
  });
  return Object.fromEntries(entries);
}

function seatsFinding({ plan, users }: ValidFields, yaml: YamlText): Finding[] {
  if (!plan || !users || users.length <= plans[plan].seats) {
    return [];
  }
  const expected = `at most ${plans[plan].seats}, the seats of plan ${plan}`;
  return [findingAt(yaml, ["users"], { found: counted(users.length, "user"), expected })];
}

function adminFinding({ users }: ValidFields, yaml: YamlText): Finding[] {
  if (!users || users.some(({ role }) => role === "admin")) {
    return [];
  }
  const expected = "at least one user with role: admin";
  return [findingAt(yaml, ["users"], { found: users.length === 0 ? "no users" : "no admin", expected })];
}

function duplicateUserFindings({ users }: ValidFields, yaml: YamlText): Finding[] {
  const first = new Map<string, number>();
  return (users ?? []).flatMap(({ email }, index) => {
    const address = comparableAddress(email);
    const earlier = first.get(address);
    if (earlier === undefined) {
      first.set(address, index);
      return [];
    }
    const found = "a user a second time";
    const { line } = yaml.valueAt(["users", earlier]);
    return [
      findingAt(yaml, ["users", index, "email"], {
        found,
        expected: `every user once; upper and lower case are the same address (first on line ${line})`,
      }),
    ];
  });
}

function retainUntilFinding(fields: ValidFields, yaml: YamlText): Finding[] {
  // Absent and ill-formed are both missing from the valid fields; an ill-formed date is the schema's to report.
  if (!fields.state || !("retainUntil" in fields)) {
    return [];
  }
  const isGiven = fields.retainUntil !== undefined;
  if (fields.state === "offboarded" && !isGiven) {
    const expected = "a date, YYYY-MM-DD, until which the offboarded tenant's data is kept";
    return [{ ...yaml.valueAt(["state"]), path: "retainUntil", found: "nothing", expected }];
  }
  if (fields.state !== "offboarded" && isGiven) {
    const expected = "no retainUntil unless the state is offboarded";
    return [
      {
        ...yaml.keyAt(["retainUntil"]),
        path: "retainUntil",
        found: `a date for a tenant that is ${fields.state}`,
        expected,
      },
    ];
  }
  return [];
}
