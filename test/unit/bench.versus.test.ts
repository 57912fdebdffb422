import { describe, expect, test } from "vitest";
import { versusReport, versusSection } from "../../bench/versus/report.ts";
import { tenantInState } from "../../bench/versus/stateTenants.ts";
import { main } from "../../ops/commands/bench.ts";

const urn = (type: string, name: string) =>
  `urn:pulumi:bench::openclaw::openclaw:tenant:Tenant$${type}::${name}`;
const resource = (type: string, name: string, inputs?: object) => ({ urn: urn(type, name), type, inputs });

test("the plain program registers a tenant's own resources, and no secret of it", () => {
  const resources = [
    resource("openclaw:tenant:Tenant", "t0001"),
    resource("kubernetes:core/v1:Namespace", "t0001-namespace", { kind: "Namespace" }),
    resource("kubernetes:core/v1:Secret", "t0001-accounts", { kind: "Secret", data: "a ciphertext" }),
    resource("random:index/randomBytes:RandomBytes", "t0001-backup-root", { length: 32 }),
    resource("kubernetes:core/v1:Namespace", "t00010-namespace", { kind: "Namespace" }),
    resource("pulumi:providers:kubernetes", "t0001-provider", {}),
  ];
  const text = JSON.stringify({ checkpoint: { latest: { resources } } });
  const { id, objects } = tenantInState(text, "t0001");
  expect(id).toBe("t0001");
  expect(objects.map(({ name }) => name)).toEqual(["t0001-namespace", "t0001-accounts", "t0001-backup-root"]);
  expect(objects[0]).toEqual({
    type: "kubernetes:core/v1:Namespace",
    name: "t0001-namespace",
    inputs: { kind: "Namespace" },
  });
  expect(JSON.stringify(objects)).not.toContain("a ciphertext");
});

describe("the table of two programs", () => {
  const figures = {
    rival: "plain",
    engine: "engine: stand-in pulumi 3.259.0 (/somewhere/pulumi)",
    adding: [{ others: 25, preview: { own: 3, rival: 4 }, up: { own: 5, rival: 10 } }],
    fromNothing: [{ tenants: 25, up: { own: 20, rival: 25 } }],
  } as const;

  test("has a ratio, which is below one where this program is quicker", () => {
    const report = versusReport(figures, 3, "A machine.");
    expect(report).toContain("Engine: stand-in pulumi 3.259.0.");
    expect(report).toContain("|  | this program | a plain program | ratio |");
    expect(report).toContain("| preview of one more than 25 | 3.00 | 4.00 | 0.75 |");
    expect(report).toContain("| one more than 25 | 5.00 | 10.00 | 0.50 |");
    expect(report).toContain("| 25 from nothing | 20.00 | 25.00 | 0.80 |");
  });

  test("has a section of its own in the page for each of the two", () => {
    expect(versusSection("plain")).not.toEqual(versusSection("automation"));
  });
});

test.each([
  ["--vs", "terraform"],
  ["--vs", "plain", "--nodes", "real"],
])("%s %s is refused before anything is measured", async (...args) => {
  await expect(main(args)).rejects.toThrow(/--vs .*: must be one of plain, automation/);
});
