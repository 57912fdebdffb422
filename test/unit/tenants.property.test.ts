import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { namespaceName, tenantHost } from "../../components/names.ts";
import { idFault } from "../../tenants/ids.ts";
import { loadTenants, TenantFilesError } from "../../tenants/load.ts";
import { models } from "../../tenants/models.ts";
import { planNames, plans } from "../../tenants/plans.ts";
import { type Tenant, tenantStates } from "../../tenants/schema.ts";
import { tenantYaml } from "../fixtures/tenant.ts";

// Thousands of files, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** ms. A file that takes longer hangs, as far as a reviewer waiting for a check is concerned. */
const patience = 20_000;

const folder = mkdtempSync(join(tmpdir(), "tenants-property-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tenant of a file with this content, or the loader's own error; whatever else it throws fails the test. */
function load(content: string | Uint8Array): Tenant | TenantFilesError {
  writeFileSync(join(folder, "acme.yaml"), content);
  const started = performance.now();
  try {
    const [tenant] = loadTenants(folder);
    return tenant ?? expect.fail("nothing was loaded");
  } catch (error) {
    if (error instanceof TenantFilesError) {
      return wellReported(error, content);
    }
    throw error;
  } finally {
    expect(performance.now() - started).toBeLessThan(patience);
  }
}

/** Every problem points into the file and shows itself on one line. */
function wellReported(error: TenantFilesError, content: string | Uint8Array): TenantFilesError {
  const lines = Buffer.from(content).toString().split("\n");
  expect(error.problems).not.toHaveLength(0);
  for (const { line, column, found, expected, path } of error.problems) {
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual(
      (lines[line - 1] ?? expect.fail(`there is no line ${line}`)).length + 1,
    );
    expect(`${found}${expected}${path}`).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
    expect(found.length).toBeLessThan(1_500);
  }
  return error;
}

const email = fc.stringMatching(/^[a-z0-9]{1,8}@[a-z]{1,8}\.example$/);
const users = fc
  .uniqueArray(email, { minLength: 1, maxLength: 5 })
  .map((emails) =>
    emails.map((address, index) => ({ email: address, role: index === 0 ? "admin" : "user" })),
  );

const validFile = fc
  .record(
    {
      displayName: fc
        .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
        // Letters and digits to Unicode; the fillers and hieroglyphic blanks among them show nothing.
        .filter((text) => /^[\p{L}\p{N}]+$/u.test(text) && !/[\p{DI}\u{13441}\u{13442}]/u.test(text)),
      owner: email,
      plan: fc.constantFrom(...planNames),
      users,
      state: fc.constantFrom("active", "suspended"),
      auth: fc.constantFrom("token", "trusted-proxy"),
      keyEpoch: fc.integer({ min: 1, max: 1_000 }),
      dataServices: fc.boolean(),
      host: fc.stringMatching(/^[a-z]{1,10}\.[a-z]{2,10}$/),
      model: fc.record(
        {
          default: fc.constantFrom(...Object.keys(models)),
          monthlyBudgetCny: fc.double({ min: 0, max: 1_000_000, noNaN: true }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ["displayName", "owner", "plan", "users"] },
  )
  .map((file) => ({ ...file }) as Record<string, unknown>);

/** A valid file with one value at any depth replaced by anything, one key misspelt, or one left out. */
const nearlyValidFile = fc
  .tuple(
    validFile,
    fc.constantFrom(
      "displayName",
      "owner",
      "plan",
      "users",
      "state",
      "keyEpoch",
      "dataServices",
      "host",
      "model",
      "retainUntil",
      "x",
    ),
    fc.oneof(fc.anything({ maxDepth: 3, withNullPrototype: false }), fc.constant(undefined)),
  )
  .map(([file, key, value]) => ({ ...file, [key]: value }));

/** Pieces of YAML that are apt to hurt, in any order. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."-?:,[]{}#&*!|>'\"%@`\n\t \r~<=.".split("")),
      fc.constantFrom(
        "---\n",
        "...\n",
        "<<: ",
        "&a ",
        "*a",
        "!!binary ",
        "? ",
        "- ",
        "|\n  ",
        "'",
        "users:\n",
        "plan: ",
      ),
      fc.constantFrom(
        "1e999",
        "0x7fffffffffffffff",
        ".nan",
        "null",
        "__proto__: ",
        "constructor: ",
        "2027-02-30",
      ),
      fc.constantFrom("\u0000", "\u2028", "\ufeff", "\ud83d\ude00", "\u202e", "\\ud800", "%YAML 1.1\n"),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(""));

describe("the loader throws nothing but its own error and never hangs", () => {
  test("on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void load(bytes)),
      { numRuns: 500 },
    );
  });

  test("on hostile YAML", () => {
    fc.assert(
      fc.property(hostileText, (text) => void load(text)),
      { numRuns: 1_500 },
    );
  });

  test("on a valid file with hostile YAML in it", () => {
    const lines = tenantYaml().split("\n");
    fc.assert(
      fc.property(hostileText, fc.nat(lines.length), (text, at) => {
        load([...lines.slice(0, at), text, ...lines.slice(at)].join("\n"));
      }),
      { numRuns: 1_000 },
    );
  });

  test("on a short piece of YAML repeated up to the largest file", () => {
    const piece = hostileText.filter((text) => text.length > 0 && text.length < 12);
    fc.assert(
      fc.property(
        piece,
        (text) => void load(Buffer.from(text.repeat(65_536 / text.length)).subarray(0, 65_536)),
      ),
      { numRuns: 60 },
    );
  });

  test("on files that are nearly right", () => {
    fc.assert(
      fc.property(nearlyValidFile, (file) => void load(safeYaml(file))),
      { numRuns: 1_000 },
    );
  });
});

/** Values that YAML cannot write, such as symbols, are not what is tested here. */
function safeYaml(value: unknown): string {
  try {
    return stringify(value, { aliasDuplicateObjects: false });
  } catch {
    return "";
  }
}

describe("a valid file", () => {
  test("is accepted, and says what it said", () => {
    fc.assert(
      fc.property(validFile, (file) => {
        const { model, ...rest } = file;
        const tenant = load(stringify(file));
        expect(tenant).toMatchObject(rest);
        expect(tenant).toMatchObject({ model: model ?? {} });
      }),
      { numRuns: 500 },
    );
  });

  test("that is accepted keeps the rules between its fields, however it came about", () => {
    fc.assert(
      fc.property(fc.oneof(validFile, nearlyValidFile), (file) => {
        const tenant = load(safeYaml(file));
        fc.pre(!(tenant instanceof TenantFilesError));
        expect(tenantStates).toContain(tenant.state);
        expect(tenant.users.length).toBeLessThanOrEqual(plans[tenant.plan].seats);
        expect(tenant.users.some(({ role }) => role === "admin")).toBe(true);
        expect(tenant.retainUntil !== undefined).toBe(tenant.state === "offboarded");
        expect(tenant.model.monthlyBudgetCny).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(tenant.keyEpoch)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("every accepted id", () => {
  const id = fc.oneof(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,45}$/),
    fc.string({ unit: fc.constantFrom(..."aA0-_.é"), minLength: 1, maxLength: 45 }),
  );
  const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

  test("yields names within Kubernetes' limits", () => {
    fc.assert(
      fc.property(id, (candidate) => {
        fc.pre(idFault(candidate) === undefined);
        expect(namespaceName(candidate)).toMatch(dnsLabel);
        for (const label of tenantHost({ id: candidate }, "clouds.example").split(".")) {
          expect(label).toMatch(dnsLabel);
        }
        // PostgreSQL cuts identifiers at 63 bytes, silently.
        expect(`tenant_${candidate.replaceAll("-", "_")}`.length).toBeLessThanOrEqual(63);
      }),
      { numRuns: 1_000 },
    );
  });

  test("that is suggested for a bad one is well formed", () => {
    fc.assert(
      fc.property(id, (candidate) => {
        const { suggestion } = idFault(candidate) ?? {};
        fc.pre(suggestion !== undefined);
        expect(suggestion).toMatch(/^[a-z](?:[a-z0-9]|-(?!-))*$/);
      }),
    );
  });
});
