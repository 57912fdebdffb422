import { describe, expect, test } from "vitest";
import { isDataProtected } from "../../tenants/retention.ts";
import { adoptionSchema } from "../../tenants/schema.ts";
import { problemIn } from "../fixtures/problems.ts";
import { tenant, tenantYaml } from "../fixtures/tenant.ts";

/** What a report says was found in a file with these fields. */
const found = (fields: Readonly<Record<string, unknown>>): string => problemIn(tenantYaml(fields)).found;
const users = (...entries: readonly unknown[]) => ({ users: [...entries] });
const alice = { email: "alice@acme.example", role: "admin" };

describe("a wrong value in a report", () => {
  test.each([
    [{ plan: { name: "basic" } }, "a mapping"],
    [{ plan: ["basic"] }, "a list"],
    [{ plan: "" }, "an empty text"],
    [{ plan: null }, "an empty value"],
    [{ plan: 7 }, "the number 7"],
    [{ plan: true }, "the boolean true"],
    [{ displayName: "" }, "an empty text"],
    [{ plan: "large" }, 'the text "large"'],
    [{ isolation: "shared" }, 'the text "shared"'],
    [{ keyEpoch: 1.5 }, "the number 1.5"],
    [{ timeZone: 8 }, "the number 8"],
    [{ model: { default: "gpt" } }, 'the text "gpt"'],
    [{ model: { monthlyBudgetCny: -1 } }, "the number -1"],
  ])("%j is described as %s", (fields, text) => {
    expect(found(fields)).toBe(text);
  });

  test("a text where YAML reads a number or a boolean is to be put in quotation marks", () => {
    const { expected } = problemIn(tenantYaml({ displayName: undefined }).concat("displayName: 2026\n"));
    expect(expected).toMatch(/; in quotation marks$/);
    expect(problemIn(tenantYaml({ displayName: ["a"] })).expected).not.toContain("quotation marks");
    expect(problemIn(tenantYaml({ keyEpoch: "two" })).expected).not.toContain("quotation marks");
  });

  test("in a field of addresses a single word is quoted, and nothing else", () => {
    expect(found(users({ ...alice, role: "owner" }))).toBe('the text "owner"');
    expect(found(users({ ...alice, role: "jane doe" }))).toBe("a text");
    expect(found(users({ ...alice, role: "jane@acme.example" }))).toBe("a text");
    expect(found(users({ ...alice, role: "" }))).toBe("an empty text");
    expect(found({ owner: "jane" })).not.toContain("jane");
    expect(found({ owner: 12345 })).toBe("a number");
    expect(found(users({ ...alice, email: "jane" }))).not.toContain("jane");
    expect(found({ users: "jane" })).toBe("a text");
    expect(found(users("jane"))).toBe("a text");
  });

  test("an unknown key is named, with the one that it is like; in a field of addresses only a word", () => {
    expect(problemIn(tenantYaml({ plans: "basic" }))).toMatchObject({
      path: "plans",
      found: 'the unknown key "plans"',
      suggestion: "plan",
    });
    expect(problemIn(tenantYaml(users({ ...alice, roles: "x" })))).toMatchObject({
      path: "users[0].roles",
      found: 'the unknown key "roles"',
      expected: "one of email, role",
      suggestion: "role",
    });
    expect(problemIn(tenantYaml(users({ ...alice, "jane doe": "x" })))).toMatchObject({
      path: "users[0]",
      found: "an unknown key",
    });
  });

  test("an unknown key and a wrong value in one mapping are two findings", () => {
    const yaml = tenantYaml({ model: { default: "gpt", budget: 1 } });
    expect(() => problemIn(yaml)).toThrow(/the text[\s\S]*unknown key/);
  });
});

describe("hosts", () => {
  test.each(["a.example", "a-b.c-d.example", `${"a".repeat(63)}.example`, "a.b", "1.x"])(
    "%s is one",
    (host) => {
      expect(() => problemIn(tenantYaml({ host }))).toThrow("was accepted");
    },
  );

  test.each([
    "example",
    "-a.example",
    "a-.example",
    "a.example-",
    "a.-example",
    "A.example",
    "a..example",
    ".a.example",
    "a.example.",
    "a.1example",
    "10.0.0.1",
    "x a.example",
    "a.example x",
    `${"a".repeat(64)}.example`,
    `a.${"b".repeat(64)}`,
    "a.example:8443",
  ])("%s is none", (host) => {
    expect(problemIn(tenantYaml({ host })).path).toBe("host");
  });
});

describe("display names", () => {
  test.each([" Acme", "Acme ", "Ac\u200eme", "Ac\u2028me"])("%j is none", (displayName) => {
    expect(problemIn(tenantYaml({ displayName })).path).toBe("displayName");
  });
});

describe("an adoption", () => {
  const accepts = (from: string, to: string) => adoptionSchema.safeParse({ from, to }).success;

  test("names an owner's mark or none, and a stack", () => {
    expect(accepts("unmarked", "dev")).toBe(true);
    expect(accepts("dev/k3vq0c71t9ab", "d")).toBe(true);
    expect(accepts(`${"a".repeat(100)}/k3vq0c71t9ab`, "a".repeat(100))).toBe(true);
  });

  test.each([
    "",
    "dev",
    "unmarked ",
    " unmarked",
    "x unmarked",
    "unmarkedx",
    "/k3vq0c71t9ab",
    "dev/k3vq0c71t9a",
    "dev/k3vq0c71t9abc",
    "dev/K3VQ0C71T9AB",
    "dev/k3vq0c71t9ab ",
    "my dev/k3vq0c71t9ab",
    `${"a".repeat(101)}/k3vq0c71t9ab`,
  ])("from %j is none", (from) => {
    expect(accepts(from, "dev")).toBe(false);
  });

  test.each(["", "my dev", "dev ", " dev", "dev/k3vq0c71t9ab", "a".repeat(101)])("to %j is none", (to) => {
    expect(accepts("unmarked", to)).toBe(false);
  });
});

describe("data of a tenant", () => {
  const on = (day: string, fields: Parameters<typeof tenant>[0]) => isDataProtected(tenant(fields), day);

  test("is protected until the retention date of an offboarded one", () => {
    expect(on("2030-01-01", {})).toBe(true);
    expect(on("2030-01-01", { state: "suspended", retainUntil: "2020-01-01" })).toBe(true);
    expect(on("2030-01-01", { state: "offboarded" })).toBe(true);
    expect(on("2029-12-31", { state: "offboarded", retainUntil: "2030-01-01" })).toBe(true);
    expect(on("2030-01-01", { state: "offboarded", retainUntil: "2030-01-01" })).toBe(false);
  });
});
