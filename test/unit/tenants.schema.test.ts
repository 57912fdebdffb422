import { describe, expect, test } from "vitest";
import { editDistance } from "../../tenants/closest.ts";
import { loadTenants } from "../../tenants/load.ts";
import { plans } from "../../tenants/plans.ts";
import { maxMonthlyBudgetCny } from "../../tenants/schema.ts";
import { placesIn, problemIn } from "../fixtures/problems.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const usersOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ email: `u${index}@acme.example`, role: "admin" }));

function load(overrides: Readonly<Record<string, unknown>> = {}) {
  using folder = temporaryFolder({ "acme.yaml": tenantYaml(overrides) });
  return loadTenants(folder.path)[0];
}

describe("a minimal file", () => {
  test("gets every default", () => {
    expect(load()).toMatchObject({
      id: "acme",
      displayName: "Acme Trading",
      owner: "ops@acme.example",
      plan: "basic",
      state: "active",
      auth: "token",
      users: [{ email: "alice@acme.example", role: "admin" }],
      model: { default: "kimi-k3", monthlyBudgetCny: 100 },
      isolation: "dedicated",
      dataServices: false,
      keyEpoch: 1,
    });
  });

  test("has neither a host nor a retention date, not even an undefined one", () => {
    expect(Object.keys(load() ?? {})).not.toContain("host");
    expect(Object.keys(load() ?? {})).not.toContain("retainUntil");
  });

  test.each(["basic", "pro", "enterprise"] as const)("has the model budget of plan %s", (plan) => {
    expect(load({ plan })?.model.monthlyBudgetCny).toBe(plans[plan].modelBudgetCny);
  });

  test.each(["basic", "pro", "enterprise"] as const)("has data services as plan %s does", (plan) => {
    expect(load({ plan })?.dataServices).toBe(plans[plan].dataServices);
    expect(load({ plan, dataServices: !plans[plan].dataServices })?.dataServices).toBe(
      !plans[plan].dataServices,
    );
  });

  test("keeps the plan's budget when only the model is named", () => {
    expect(load({ model: { default: "MiniMax-M3" } })?.model).toEqual({
      default: "MiniMax-M3",
      monthlyBudgetCny: 100,
    });
  });

  test.each(["displayName", "owner", "plan", "users"])("must have %s", (key) => {
    expect(problemIn(tenantYaml({ [key]: undefined }))).toMatchObject({
      path: key,
      found: "nothing",
      line: 1,
      column: 1,
    });
  });
});

describe("accepted", () => {
  test.each([
    ["a Chinese display name", { displayName: "北京云图科技" }],
    ["an emoji of several code points", { displayName: "Team 👩‍🔬" }],
    ["a display name of 80 characters", { displayName: "x".repeat(80) }],
    ["a budget of nothing", { model: { monthlyBudgetCny: 0 } }],
    ["the largest budget", { model: { monthlyBudgetCny: maxMonthlyBudgetCny } }],
    ["as many users as seats", { users: usersOf(plans.basic.seats) }],
    ["two hundred users, a line each", { plan: "enterprise", users: usersOf(plans.enterprise.seats) }],
    ["an own host", { host: "assistant.acme.example" }],
    ["an own host in another script", { host: "xn--fsqu00a.xn--fiqs8s" }],
    ["an offboarded tenant with its date", { state: "offboarded", retainUntil: "2028-02-29" }],
    ["a high key epoch", { keyEpoch: 4711 }],
    ["a time zone", { timeZone: "Europe/Kyiv" }],
  ])("%s", (_, overrides) => {
    expect(load(overrides)).toMatchObject(overrides);
  });
});

test.each(["2028-02-29", '"2028-02-29"'])("the day %s is taken with quotation marks and without", (day) => {
  using folder = temporaryFolder({
    "acme.yaml": `${tenantYaml({ state: "offboarded" })}retainUntil: ${day}\n`,
  });
  expect(loadTenants(folder.path)).toMatchObject([{ retainUntil: "2028-02-29" }]);
});

describe("refused, at the field", () => {
  test.each([
    ["an empty display name", { displayName: "" }, "1:14 displayName"],
    ["a display name of 81 characters", { displayName: "x".repeat(81) }, "1:14 displayName"],
    ["a display name with a line break", { displayName: "a\nb" }, "1:14 displayName"],
    ["a display name with an escape sequence", { displayName: "a\u001b[31m" }, "1:14 displayName"],
    ["a display name that turns the line around", { displayName: "a\u202eb" }, "1:14 displayName"],
    ["a display name with space at its end", { displayName: "a " }, "1:14 displayName"],
    ["a number as display name", { displayName: 7 }, "1:14 displayName"],
    ["an owner that is no e-mail address", { owner: "ops" }, "2:8 owner"],
    ["an owner of 255 characters", { owner: `${"o".repeat(242)}@acme.example` }, "2:8 owner"],
    ["an unknown plan", { plan: "gold" }, "3:7 plan"],
    ["a plan in capitals", { plan: "PRO" }, "3:7 plan"],
    ["a time zone in another spelling", { timeZone: "Asia/shanghai" }, "7:11 timeZone"],
    ["an offset as time zone", { timeZone: "+08:00" }, "7:11 timeZone"],
    ["an unknown state", { state: "paused" }, "7:8 state"],
    ["an unknown model", { model: { default: "gpt" } }, "8:12 model.default"],
    ["an unknown sign-in", { auth: "none" }, "7:7 auth"],
    ["an isolation to come", { isolation: "serverless" }, "7:12 isolation"],
    ["a budget below zero", { model: { monthlyBudgetCny: -1 } }, "8:21 model.monthlyBudgetCny"],
    ["an absurd budget", { model: { monthlyBudgetCny: 1e7 } }, "8:21 model.monthlyBudgetCny"],
    ["a budget as text", { model: { monthlyBudgetCny: "500" } }, "8:21 model.monthlyBudgetCny"],
    ["a key epoch of 0", { keyEpoch: 0 }, "7:11 keyEpoch"],
    ["a key epoch between two numbers", { keyEpoch: 1.5 }, "7:11 keyEpoch"],
    ["a key epoch beyond safe integers", { keyEpoch: 2 ** 53 }, "7:11 keyEpoch"],
    ["a key epoch too long for a name", { keyEpoch: 1_000_000 }, "7:11 keyEpoch"],
    ["data services as text", { dataServices: "yes" }, "7:15 dataServices"],
    ["users that are no list", { users: "alice" }, "4:8 users"],
    ["a user that is no mapping", { users: ["alice@acme.example"] }, "5:5 users[0]"],
    [
      "a role that does not exist",
      { users: [...usersOf(1), { email: "b@c.example", role: "owner" }] },
      "8:11 users[1].role",
    ],
    ["a user without a role", { users: [...usersOf(1), { email: "b@c.example" }] }, "7:5 users[1].role"],
    ["no users", { users: [] }, "4:8 users"],
    ["no admin", { users: [{ email: "b@c.example", role: "user" }] }, "5:3 users"],
    ["more users than seats", { users: usersOf(plans.basic.seats + 1) }, "5:3 users"],
    ["a date that does not exist", { state: "offboarded", retainUntil: "2027-02-29" }, "8:14 retainUntil"],
    ["a date in another order", { state: "offboarded", retainUntil: "31.12.2027" }, "8:14 retainUntil"],
    ["an offboarded tenant without a date", { state: "offboarded" }, "7:8 retainUntil"],
    ["a date for an active tenant", { retainUntil: "2027-01-31" }, "7:1 retainUntil"],
    ["a date for a suspended tenant", { state: "suspended", retainUntil: "2027-01-31" }, "8:1 retainUntil"],
  ])("%s", (_, overrides, place) => {
    expect(placesIn(tenantYaml(overrides))).toEqual([place]);
  });

  test("no users and no admin are told apart", () => {
    expect(problemIn(tenantYaml({ users: [] })).found).toBe("no users");
    expect(problemIn(tenantYaml({ users: [{ email: "b@c.example", role: "user" }] })).found).toBe("no admin");
  });

  test.each([
    ["upper case", "Assistant.acme.example"],
    ["one label", "assistant"],
    ["an IP address", "10.0.0.1"],
    ["a wildcard", "*.acme.example"],
    ["a port", "a.acme.example:8443"],
    ["a scheme", "https://a.acme.example"],
    ["a final dot", "a.acme.example."],
    ["an underscore", "a_b.acme.example"],
    ["a label of 64 characters", `${"a".repeat(64)}.example`],
    ["254 characters", `${"a.".repeat(125)}abcd`],
    ["a hyphen at an end", "-a.acme.example"],
    ["a hyphen at a label's end", "a.acme-.example"],
    ["an empty label", "a..example"],
    ["another script as it is", "例子.中国"],
  ])("a host with %s", (_, host) => {
    expect(placesIn(tenantYaml({ host }))).toEqual(["7:7 host"]);
  });

  test("users whose addresses differ in case alone", () => {
    const users = ["Alice@Acme.example", "alice@acme.example", "ALICE@acme.example"];
    const file = tenantYaml({ users: users.map((email) => ({ email, role: "admin" })) });
    expect(placesIn(file)).toEqual(["7:12 users[1].email", "9:12 users[2].email"]);
  });

  test.each(["1e999", "-1e999", ".inf", ".nan"])("a budget of %s, shown as it is written", (number) => {
    const problem = problemIn(`${tenantYaml()}model: { monthlyBudgetCny: ${number} }\n`);
    expect(problem).toMatchObject({ line: 7, column: 28, found: `the number ${number}` });
  });

  test.each(["2027", "1.0", "true"])("the display name %s, unless it is in quotation marks", (name) => {
    const rest = tenantYaml({ displayName: undefined });
    expect(problemIn(`displayName: ${name}\n${rest}`).expected).toMatch(/; in quotation marks$/);
    using folder = temporaryFolder({ "acme.yaml": `displayName: "${name}"\n${rest}` });
    expect(loadTenants(folder.path)).toMatchObject([{ displayName: name }]);
  });

  test("half a character as display name", () => {
    expect(problemIn(`displayName: "\\ud800"\n${tenantYaml({ displayName: undefined })}`)).toMatchObject({
      path: "displayName",
      found: 'the text "\\u{d800}"',
    });
  });

  test("a list as a key", () => {
    expect(problemIn(`${tenantYaml()}? [plan]\n: pro\n`)).toMatchObject({
      line: 7,
      column: 3,
      found: "a list or a mapping as a key",
    });
  });

  test("a list instead of a tenant", () => {
    expect(problemIn("- displayName: Acme\n")).toMatchObject({
      line: 1,
      column: 1,
      path: "",
      found: "a list",
    });
  });

  test("an empty value", () => {
    expect(problemIn(`${tenantYaml()}model:\n`)).toMatchObject({
      line: 7,
      path: "model",
      found: "an empty value",
    });
  });
});

describe("a misspelt word brings the right one to mind", () => {
  test.each([
    ["a key", { displyName: "A" }, "displayName"],
    ["a key in lower case", { keyepoch: 2 }, "keyEpoch"],
    ["a key of the model", { model: { defualt: "kimi-k3" } }, "default"],
    ["a plan", { plan: "por" }, "pro"],
    ["a model", { model: { default: "kimi-k2" } }, "kimi-k3"],
    ["a state", { state: "suspend" }, "suspended"],
  ])("%s", (_, overrides, suggestion) => {
    expect(problemIn(tenantYaml(overrides))).toMatchObject({ suggestion });
  });

  test("an unknown key is pointed at, and the known ones are listed", () => {
    expect(problemIn(tenantYaml({ model: { budget: 5 } }))).toEqual({
      file: "acme.yaml",
      line: 8,
      column: 3,
      path: "model.budget",
      found: 'the unknown key "budget"',
      expected: "one of default, monthlyBudgetCny",
    });
  });

  test.each(["__proto__", "constructor", "toString", "<<"])("the key %s is unknown, not special", (key) => {
    expect(problemIn(`${tenantYaml()}${key}: { plan: pro }\n`)).toMatchObject({
      line: 7,
      column: 1,
      path: key,
    });
  });

  test.each([
    ["", "", 0],
    ["plna", "plan", 1],
    ["user", "users", 1],
    ["kitten", "sitting", 3],
    ["", "abc", 3],
  ])("from %o to %o it is %i edits", (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits);
    expect(editDistance(to, from)).toBe(edits);
  });
});

describe("the consent to a takeover", () => {
  test.each([
    { from: "unmarked", to: "dev" },
    { from: "dev/k3vq0c71t9ab", to: "dev" },
    { from: "ack-cell_01.a/000000000000", to: "x".repeat(100) },
  ])("%j is kept as it stands", (adopt) => {
    expect(load({ adopt })?.adopt).toEqual(adopt);
  });

  test("is none unless it is given, not even an undefined one", () => {
    expect(Object.keys(load() ?? {})).not.toContain("adopt");
  });

  test.each([
    ["dev", "a stack alone"],
    ["dev/k3vq0c71t9a", "too short an identity"],
    ["dev/k3vq0c71t9abc", "too long an identity"],
    ["dev/K3VQ0C71T9AB", "capitals in the identity"],
    ["/k3vq0c71t9ab", "no stack"],
    ["a b/k3vq0c71t9ab", "a blank in the stack"],
    [`${"x".repeat(101)}/k3vq0c71t9ab`, "too long a stack"],
    ["unmarked ", "a blank behind"],
    [" unmarked", "a blank before"],
    ["xunmarked", "more than the word"],
  ])("from %j is refused: %s", (from) => {
    expect(placesIn(tenantYaml({ adopt: { from, to: "dev" } }))).toEqual(["8:9 adopt.from"]);
  });

  test.each(["", "a b", "dev/x", "x".repeat(101), "dev ", " dev"])("to %j is refused", (to) => {
    expect(placesIn(tenantYaml({ adopt: { from: "unmarked", to } }))).toEqual(["9:7 adopt.to"]);
  });

  test.each([{}, { from: "unmarked" }, { to: "dev" }, { from: "unmarked", to: "dev", why: "x" }])(
    "%j is refused: both owners, and nothing else",
    (adopt) => {
      expect(placesIn(tenantYaml({ adopt })).length).toBeGreaterThan(0);
    },
  );
});
