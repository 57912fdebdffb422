import * as z from "zod";
import { emailAddress, maxAddress } from "./addresses.ts";
import { isVisibleText } from "./displayName.ts";
import { type ModelId, modelIds } from "./models.ts";
import { type PlanName, planNames, plans } from "./plans.ts";
import { timeZoneSchema } from "./timeZones.ts";

/** A customer, team or person with an OpenClaw of its own: one file, with every default filled in. */
export interface Tenant {
  /** The file's name without `.yaml`; see ids.ts for what it may be. */
  readonly id: string;
  /** The folder's name, which is the Pulumi stack's. */
  readonly cell: string;
  readonly displayName: string;
  /** E-mail address of who answers for the tenant. */
  readonly owner: string;
  readonly plan: PlanName;
  readonly state: TenantState;
  /** YYYY-MM-DD; present exactly when the state is offboarded: until then the data volume is protected. */
  readonly retainUntil?: string;
  /** A host name of the tenant's own, instead of `<id>.<domain>`. */
  readonly host?: string;
  /** The way in which OpenClaw's gateway authenticates callers. */
  readonly auth: "token" | "trusted-proxy";
  /** The users: at most the plan's seats, at least one admin, no address twice. Spelt as in the file. */
  readonly users: readonly User[];
  /** IANA name of its people's time zone; the cell's unless given. */
  readonly timeZone?: string;
  readonly model: {
    readonly default: ModelId;
    /** CNY a month that the tenant's models may cost. */
    readonly monthlyBudgetCny: number;
  };
  readonly isolation: "dedicated";
  /** Whether it has a database, a cache and object storage of its own beside OpenClaw's volume. */
  readonly dataServices: boolean;
  /** Raised by one to rotate every credential of the tenant. */
  readonly keyEpoch: number;
  /** Consent to take over what is there already under the tenant's names; of no effect once it has been. */
  readonly adopt?: Adoption;
}

/** Both owners, so that a consent fits one case and no other: the mark that is there, and the stack that takes over. */
export interface Adoption {
  /** `<stack>/<identity of its state>` as the refusal names it, or `unmarked`. */
  readonly from: string;
  /** Name of the stack that the tenant is to belong to. */
  readonly to: string;
}

export type TenantState = "active" | "suspended" | "offboarded";

export interface User {
  readonly email: string;
  readonly role: "admin" | "user";
}

/** Every default of a tenant file. The one that depends on the plan, the model budget, stands in plans.ts. */
export const tenantDefaults = {
  state: "active",
  auth: "token",
  isolation: "dedicated",
  keyEpoch: 1,
  model: { default: "kimi-k3" },
} as const satisfies { model: { default: ModelId } } & Partial<Omit<Tenant, "model">>;

/** CNY a month. A budget above it is taken for a slip of the keyboard, not for a customer. */
export const maxMonthlyBudgetCny = 1_000_000;

/** It is part of names that PostgreSQL limits to 63 bytes. */
export const maxKeyEpoch = 999_999;

const maxDisplayNameLength = 80;

/** The part of {@link isVisibleText} that every editor's pattern can say. */
const oneLineText =
  /^(?!\s)[^\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+(?<!\s)$/u;

/** At least two DNS labels, lower case, the last one starting with a letter, so that no IP address passes. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const oneOf = (values: readonly string[]) => `one of ${values.join(", ")}`;

// Every description serves twice: as the editor's hint and, in a report, as what would have been right.

/** No format "email" in the schema for editors: theirs knows no domain such as `example.xn--fiqs8s`. */
const email = (whose: string) =>
  z
    .string()
    .max(maxAddress)
    .regex(emailAddress)
    .describe(`the e-mail address of ${whose}, at most ${maxAddress} characters`);

/** Top-level fields of which no report quotes a value. */
export const addressFields = ["owner", "users"] as const satisfies (keyof Tenant)[];

export const tenantStates = ["active", "suspended", "offboarded"] as const satisfies TenantState[];

/** One entry of `users`. */
const userSchema = z
  .strictObject({
    email: email("the user"),
    role: z.enum(["admin", "user"]).describe("what the user may do: admin or user"),
  })
  .describe("a user, written as { email: alice@example.com, role: admin }");

const modelSchema = z
  .strictObject({
    default: z
      .enum(modelIds)
      .describe(`the model a conversation starts with: ${oneOf(modelIds)}`)
      .default(tenantDefaults.model.default),
    monthlyBudgetCny: z
      .number()
      .min(0)
      .max(maxMonthlyBudgetCny)
      .describe(
        `a number of CNY a month, from 0 to ${maxMonthlyBudgetCny}, after which the models stop answering; ` +
          `the plan's unless given (${planNames.map((plan) => `${plan} ${plans[plan].modelBudgetCny}`).join(", ")})`,
      )
      .optional(),
  })
  .describe("the model settings, written as { default: kimi-k3, monthlyBudgetCny: 500 }");

/** Consent in a tenant's file, or in the settings of a stack that takes over shared services. */
export const adoptionSchema = z.strictObject({
  from: z
    .string()
    .regex(/^(?:unmarked|[A-Za-z0-9_.-]{1,100}\/[a-z0-9]{12})$/)
    .describe("the owner's mark that the refusal names, such as dev/k3vq0c71t9ab, or unmarked"),
  to: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/)
    .describe("the name of the stack that takes over"),
});

/** The strict schema of one file, before defaults. Rules across fields are in rules.ts. */
export const tenantFileSchema = z
  .strictObject({
    displayName: z
      .string()
      .min(1)
      .max(maxDisplayNameLength)
      .regex(oneLineText)
      .refine(isVisibleText)
      .describe(
        `the name people see: 1 to ${maxDisplayNameLength} characters on one line, all of them visible, with single spaces between words`,
      ),
    owner: email("who answers for the tenant"),
    plan: z.enum(planNames).describe(`the plan, which sets size, seats and price: ${oneOf(planNames)}`),
    state: z
      .enum(tenantStates)
      .describe(`what the instance is to be: ${oneOf(tenantStates)}`)
      .default(tenantDefaults.state),
    retainUntil: z.iso
      .date()
      .describe("a real date, YYYY-MM-DD, until which an offboarded tenant's data is kept")
      .optional(),
    host: z
      .string()
      .max(253)
      .regex(hostName)
      .describe(
        "a lower-case DNS name of the tenant's own such as assistant.acme.example, instead of <id>.<domain>",
      )
      .optional(),
    auth: z
      .enum(["token", "trusted-proxy"])
      .describe("how OpenClaw's gateway tells who is calling: token or trusted-proxy (single sign-on)")
      .default(tenantDefaults.auth),
    users: z
      .array(userSchema)
      .describe("a list of the users, with at least one admin, within the plan's seats"),
    timeZone: timeZoneSchema
      .describe(
        "the time zone of the tenant's people, by its name in the IANA database, spelt as there, such as Asia/Shanghai; the cell's unless given",
      )
      .optional(),
    model: modelSchema.optional(),
    isolation: z
      .enum(["dedicated"])
      .describe("how the tenant is kept apart from others: dedicated (a namespace and a pod of its own)")
      .default(tenantDefaults.isolation),
    dataServices: z
      .boolean()
      .describe(
        "whether the tenant has a database, a cache and object storage of its own: true or false; the plan's unless given " +
          `(${planNames.map((plan) => `${plan} ${plans[plan].dataServices}`).join(", ")})`,
      )
      .optional(),
    keyEpoch: z
      .int()
      .min(1)
      .max(maxKeyEpoch)
      .describe(
        `a whole number from 1 to ${maxKeyEpoch}; raise it by one to rotate every credential of the tenant`,
      )
      .default(tenantDefaults.keyEpoch),
    adopt: adoptionSchema
      .describe(
        "the consent to take over what is there already, as the refusal says it: { from: dev/k3vq0c71t9ab, to: dev }",
      )
      .optional(),
  })
  .describe("a tenant: a mapping with at least displayName, owner, plan and users");

/** A tenant file, with the defaults that do not depend on its plan. */
export type TenantFile = z.output<typeof tenantFileSchema>;

/** The tenant of a valid file, with the defaults of its plan. */
export function tenantOf(id: string, cell: string, file: TenantFile): Tenant {
  const { retainUntil, host, timeZone, model, dataServices, adopt, ...rest } = file;
  return {
    id,
    cell,
    ...rest,
    ...(retainUntil === undefined ? {} : { retainUntil }),
    ...(host === undefined ? {} : { host }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(adopt === undefined ? {} : { adopt }),
    dataServices: dataServices ?? plans[file.plan].dataServices,
    model: {
      default: model?.default ?? tenantDefaults.model.default,
      monthlyBudgetCny: model?.monthlyBudgetCny ?? plans[file.plan].modelBudgetCny,
    },
  };
}
