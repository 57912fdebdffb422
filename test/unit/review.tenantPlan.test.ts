import { describe, expect, test } from "vitest";
import { tenantPlanLines } from "../../ops/review/tenantPlan.ts";

const tenant = "openclaw:tenant:Tenant";
const urn = (types: string, name: string) => `urn:pulumi:dev::openclaw::${types}::${name}`;
const step = (op: string, types: string, name: string) =>
  JSON.stringify({
    resourcePreEvent: { metadata: { op, urn: urn(types, name), type: types.split("$").at(-1) } },
  });
const ofTenant = (op: string, id: string, ...suffixes: string[]) => [
  step(op, tenant, id),
  ...suffixes.map((suffix) => step(op, `${tenant}$kubernetes:core/v1:ConfigMap`, `${id}-${suffix}`)),
];
const end = JSON.stringify({ summaryEvent: { isPreview: true } });
const log = (...lines: string[]) => [...lines, end, ""].join("\n");

describe("the plan of a preview by tenant", () => {
  test("counts what changes, with what is nobody's in a line of its own", () => {
    const lines = tenantPlanLines(
      log(
        step("update", "kubernetes:core/v1:ConfigMap", "platform-scripts"),
        ...ofTenant("same", "acme", "config", "quota"),
        ...ofTenant("create", "bluebird", "config", "quota"),
        ...ofTenant("same", "corvus", "config"),
        step("update", `${tenant}$apps/v1:Deployment`, "corvus-deployment"),
        step("replace", `${tenant}$batch/v1:Job`, "corvus-provision"),
        step("create-replacement", `${tenant}$batch/v1:Job`, "corvus-provision"),
        step("delete-replaced", `${tenant}$batch/v1:Job`, "corvus-provision"),
      ),
    );
    expect(lines).toEqual([
      "TENANT    CREATE  UPDATE  REPLACE  DELETE",
      "(shared)       -       1        -       -",
      "bluebird       3       -        -       -",
      "corvus         -       1        1       -",
      "",
      "1 tenant unchanged, 5 resources",
    ]);
  });

  test("knows whose a resource is where one id begins like another", () => {
    const lines = tenantPlanLines(
      log(...ofTenant("same", "acme", "config"), ...ofTenant("delete", "acme-north", "config")),
    );
    expect(lines.slice(0, 2)).toEqual([
      "TENANT      CREATE  UPDATE  REPLACE  DELETE",
      "acme-north       -       -        -       2",
    ]);
  });

  test("is one line where nothing changes", () => {
    expect(tenantPlanLines(log(...ofTenant("same", "acme", "config")))).toEqual([
      "1 tenant unchanged, 2 resources",
    ]);
  });

  test("is nothing of a preview that did not come to its end", () => {
    expect(tenantPlanLines(ofTenant("create", "acme").join("\n"))).toEqual([]);
  });
});
