import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { maxIdLength } from "../../tenants/ids.ts";
import { assertCellSize, loadTenants, TenantFilesError } from "../../tenants/load.ts";
import { placesOfFiles, problemsOf, problemsOfFiles, within } from "../fixtures/problems.ts";
import { temporaryFolder, tenant, tenantYaml } from "../fixtures/tenant.ts";

const yaml = tenantYaml();

describe("an id", () => {
  test.each([
    ["Acme", "acme"],
    ["acme_ltd", "acme-ltd"],
    ["acme.ltd", "acme-ltd"],
    ["acme-", "acme"],
    ["1acme", "acme"],
    ["-acme", "acme"],
    ["a--b", "a-b"],
    ["xn--acme", "xn-acme"],
    ["acme ltd", "acme-ltd"],
  ])("%s is refused and %s suggested", (id, suggestion) => {
    expect(problemsOfFiles({ [`${id}.yaml`]: yaml })).toMatchObject([
      { file: `${id}.yaml`, line: 1, column: 1, found: `the id "${id}"`, suggestion },
    ]);
  });

  test("with an accent is refused", () => {
    expect(placesOfFiles({ "café.yaml": yaml })).toEqual(["café.yaml:1:1"]);
  });

  test("may be as long as the limit, and no longer", () => {
    using folder = temporaryFolder({ [`${"a".repeat(maxIdLength)}.yaml`]: yaml });
    expect(loadTenants(folder.path)).toHaveLength(1);
    expect(problemsOfFiles({ [`${"a".repeat(maxIdLength + 1)}.yaml`]: yaml })).toMatchObject([
      { found: "an id of 41 characters" },
    ]);
  });

  test.each([
    "www",
    "api",
    "admin",
    "kube-system",
    "kube-anything",
    "default",
    "openclaw-edge",
    "edge",
    "gateway",
  ])("%s is reserved", (id) => {
    expect(problemsOfFiles({ [`${id}.yaml`]: yaml })).toMatchObject([{ found: `the reserved id "${id}"` }]);
  });

  test("in two cells is refused, and the other file named", () => {
    const problems = problemsOfFiles({ "north/acme.yaml": yaml, "south/acme.yaml": yaml });
    expect(problems).toMatchObject([{ file: "south/acme.yaml", line: 1, column: 1 }]);
    expect(problems[0]?.found).toMatch(/which is also in .*north\/acme\.yaml$/);
  });

  test("in a sibling cell of the project is refused without that cell being parsed", () => {
    using folder = temporaryFolder({
      "tenant.schema.json": "{}",
      "north/acme.yaml": "this: is [not a tenant",
      "south/acme.yaml": yaml,
      "south/other.yaml": yaml,
    });
    const problems = problemsOf(join(folder.path, "south"));
    expect(problems.map((problem) => within(folder.path, problem))).toEqual(["south/acme.yaml"]);
  });

  test("of a new cell of the project may be free", () => {
    using folder = temporaryFolder({
      "tenant.schema.json": "{}",
      "north/acme.yaml": yaml,
      "south/README.md": "",
    });
    expect(loadTenants(join(folder.path, "south"))).toEqual([]);
  });
});

describe("a host", () => {
  const withHost = (host: string, more = {}) => tenantYaml({ host, ...more });

  test("of two tenants is refused at the second", () => {
    const host = withHost("a.acme.example");
    expect(placesOfFiles({ "a.yaml": host, "b.yaml": host })).toEqual(["b.yaml:7:7 host"]);
  });

  test("of two tenants in two cells is refused", () => {
    const host = withHost("a.acme.example");
    expect(placesOfFiles({ "north/a.yaml": host, "south/b.yaml": host })).toEqual(["south/b.yaml:7:7 host"]);
  });

  test("is compared even where another field is wrong", () => {
    const files = {
      "a.yaml": withHost("a.acme.example", { plan: "gold" }),
      "b.yaml": withHost("a.acme.example"),
    };
    expect(placesOfFiles(files)).toEqual(["a.yaml:3:7 plan", "b.yaml:7:7 host"]);
  });

  test("that another tenant has by its id is refused once the domain is known", () => {
    const files = { "a.yaml": withHost("b.clouds.example"), "b.yaml": yaml };
    expect(placesOfFiles(files, { domain: "clouds.example" })).toEqual(["a.yaml:7:7 host"]);
    using folder = temporaryFolder(files);
    expect(loadTenants(folder.path)).toHaveLength(2);
  });

  test.each(["clouds.example", "www.clouds.example", "deep.b.clouds.example"])(
    "%s of the platform's domain is refused",
    (host) => {
      expect(placesOfFiles({ "a.yaml": withHost(host) }, { domain: "clouds.example" })).toEqual([
        "a.yaml:7:7 host",
      ]);
    },
  );

  test("may be the tenant's own default, or end like the domain", () => {
    using folder = temporaryFolder({
      "a.yaml": withHost("a.clouds.example"),
      "b.yaml": withHost("myclouds.example"),
    });
    expect(loadTenants(folder.path, { domain: "clouds.example" })).toHaveLength(2);
  });

  test("is judged by the domain of its cell", () => {
    const files = { "north/a.yaml": withHost("b.south.example"), "south/b.yaml": yaml };
    expect(placesOfFiles(files, { domain: (cell) => `${cell}.example` })).toEqual(["north/a.yaml:7:7 host"]);
  });

  test("of an offboarded tenant is free", () => {
    using folder = temporaryFolder({
      "a.yaml": withHost("a.acme.example", { state: "offboarded", retainUntil: "2030-01-01" }),
      "b.yaml": withHost("a.acme.example"),
    });
    expect(loadTenants(folder.path)).toHaveLength(2);
  });
});

describe("a cell", () => {
  const cell = (size: number) => Array.from({ length: size }, (_, index) => tenant({ id: `t${index}` }));

  test("may be full", () => {
    expect(() => assertCellSize(cell(25), 25)).not.toThrow();
  });

  test("that is too large is refused with the reason and the way out", () => {
    expect(() => assertCellSize(cell(26), 25)).toThrow(TenantFilesError);
    expect(() => assertCellSize(cell(26), 25)).toThrow(
      /26 tenants in the cell "dev"[\s\S]*every update[\s\S]*a folder tenants\/<cell> and its settings Pulumi\.<cell>\.yaml/,
    );
  });

  test("is counted apart from others", () => {
    const other = cell(25).map((member) => ({ ...member, cell: "north" }));
    expect(() => assertCellSize([...cell(25), ...other], 25)).not.toThrow();
  });
});
