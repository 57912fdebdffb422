import { isDeepStrictEqual } from "node:util";
import { counted } from "../../lib/text.ts";
import { comparableAddress } from "../../tenants/emailAddress.ts";
import type { Tenant } from "../../tenants/schema.ts";

/** The kind of change that a pull request makes to a tenant; the first that applies. */
export const tenantChangeKinds = [
  "added",
  "moved",
  "removed",
  "offboarded",
  "suspended",
  "resumed",
  "plan changed",
  "rotated",
  "changed",
] as const;
export type TenantChangeKind = (typeof tenantChangeKinds)[number];

export interface TenantChange {
  readonly id: string;
  /** The cell it is in afterwards; of a removed one, the cell it was in. */
  readonly cell: string;
  readonly displayName: string;
  readonly kind: TenantChangeKind;
  readonly fields: readonly FieldChange[];
}

/** A field of the tenant file, defaults filled in. Without values for one that holds somebody's address. */
export interface FieldChange {
  readonly field: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The differences between two lists of tenants, by cell and id. A tenant that is in another cell afterwards has moved:
 * ids are unique in a fleet.
 */
export function tenantChanges(before: readonly Tenant[], after: readonly Tenant[]): TenantChange[] {
  const was = new Map(before.map((tenant) => [tenant.id, tenant]));
  const is = new Map(after.map((tenant) => [tenant.id, tenant]));
  const removed = before.filter(({ id }) => !is.has(id)).map(removal);
  const others = after.flatMap((tenant) => {
    const old = was.get(tenant.id);
    return old === undefined
      ? [addition(tenant)]
      : isDeepStrictEqual(old, tenant)
        ? []
        : [change(old, tenant)];
  });
  return [...removed, ...others].sort((a, b) => (`${a.cell}/${a.id}` < `${b.cell}/${b.id}` ? -1 : 1));
}

/** Whether a change moves, deletes or makes unreachable a customer's data. */
export const isGrave = (kind: TenantChangeKind): boolean =>
  kind === "moved" || kind === "removed" || kind === "offboarded";

function addition(tenant: Tenant): TenantChange {
  const fields = shownOf(tenant);
  const told = ["plan", "state", "users", "keyEpoch"].filter((name) => !isUsual(name, fields.get(name)));
  return {
    ...identity(tenant),
    kind: "added",
    fields: told.map((field) => ({ field, to: fields.get(field) ?? "" })),
  };
}

/** Whether a field of a new tenant has a value that needs no mention. */
const isUsual = (field: string, value: string | undefined): boolean =>
  (field === "state" && value === "active") || (field === "keyEpoch" && value === "1");

function removal(tenant: Tenant): TenantChange {
  const { plan, state, retainUntil } = tenant;
  return {
    ...identity(tenant),
    kind: "removed",
    fields: [
      { field: "plan", from: plan },
      { field: "state", from: state },
      ...(retainUntil === undefined ? [] : [{ field: "retainUntil", from: retainUntil }]),
    ],
  };
}

function change(old: Tenant, tenant: Tenant): TenantChange {
  const [was, is] = [shownOf(old), shownOf(tenant)];
  const fields = [...new Set([...was.keys(), ...is.keys()])].flatMap((field): FieldChange[] => {
    const [from, to] = [was.get(field), is.get(field)];
    return from === to
      ? []
      : [{ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
  const users = usersChange(old, tenant);
  const owner = old.owner === tenant.owner ? [] : [{ field: "owner" }];
  return {
    ...identity(tenant),
    kind: kindOf(old, tenant),
    fields: [...fields.filter(({ field }) => field !== "users"), ...users, ...owner],
  };
}

function kindOf(old: Tenant, tenant: Tenant): TenantChangeKind {
  if (old.cell !== tenant.cell) {
    return "moved";
  }
  if (old.state !== tenant.state) {
    return tenant.state === "active" ? "resumed" : tenant.state;
  }
  if (old.plan !== tenant.plan) {
    return "plan changed";
  }
  return old.keyEpoch === tenant.keyEpoch ? "changed" : "rotated";
}

const identity = ({ id, cell, displayName }: Tenant) => ({ id, cell, displayName });

/** Every field as a reviewer may see it, in the order of the file: users by number alone, no owner. */
function shownOf(tenant: Tenant): Map<string, string> {
  const { id: _id, owner: _owner, users, model, ...rest } = tenant;
  return new Map(
    Object.entries({ ...rest, users: usersText(users), ...prefixed("model", model) }).map(
      ([field, value]) => [field, typeof value === "string" ? value : JSON.stringify(value)],
    ),
  );
}

const prefixed = (prefix: string, fields: object) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));

function usersText(users: Tenant["users"]): string {
  const admins = users.filter(({ role }) => role === "admin").length;
  return `${counted(users.length, "user")}, ${counted(admins, "admin")}`;
}

/** Two people may have changed places without a change of their number. */
function usersChange(old: Tenant, tenant: Tenant): FieldChange[] {
  const emails = new Set(old.users.map(({ email }) => comparableAddress(email)));
  const added = tenant.users.filter(({ email }) => !emails.has(comparableAddress(email))).length;
  const [from, to] = [usersText(old.users), usersText(tenant.users)];
  const isSame = isDeepStrictEqual(old.users, tenant.users);
  return isSame ? [] : [{ field: "users", from, to: added === 0 ? to : `${to}, ${added} new` }];
}
