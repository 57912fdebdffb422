import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { maxIdLength } from "../../tenants/ids.ts";
import { assertCellSize, type LoadOptions, loadTenants, TenantFilesError } from "../../tenants/load.ts";
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

describe("a host that a cell beside the one given has", () => {
  const withHost = (host: string, more = {}) => tenantYaml({ host, ...more });
  const schema = { "tenant.schema.json": "{}" };
  const own = "south/own.yaml";

  /** What is wrong with the files of the cell south, and the text about hosts. */
  function problemsOfSouth(files: Readonly<Record<string, string>>, options: LoadOptions = {}): string[] {
    using folder = temporaryFolder({ ...schema, ...files });
    return problemsOf(join(folder.path, "south"), options).map(
      (problem) => `${within(folder.path, problem)}:${problem.line} ${problem.path}: ${problem.found}`,
    );
  }
  const loadedOfSouth = (files: Readonly<Record<string, string>>, options: LoadOptions = {}): string[] => {
    using folder = temporaryFolder({ ...schema, ...files });
    return loadTenants(join(folder.path, "south"), options).map(({ id }) => id);
  };

  test("as its own is refused, and both files are named", () => {
    const host = withHost("a.acme.example");
    expect(problemsOfSouth({ "north/first.yaml": host, [own]: host })).toEqual([
      expect.stringMatching(/^south\/own\.yaml:7 host: the host "a\.acme\.example" of .*north\/first\.yaml$/),
    ]);
  });

  test.each([
    ["in a flow mapping", JSON.stringify],
    [
      "with an escape in its key",
      (fields: object) => JSON.stringify(fields).replace('"host"', '"h\\u006fst"'),
    ],
    ["beside a mistake in another field", (fields: object) => JSON.stringify({ ...fields, plan: "gold" })],
  ])("%s is found", (_, written) => {
    const host = "a.acme.example";
    const first = written({
      displayName: "First",
      owner: "a@b.example",
      plan: "basic",
      users: [{ email: "a@b.example", role: "admin" }],
      host,
    });
    expect(problemsOfSouth({ "north/first.yaml": first, [own]: withHost(host) })).toEqual([
      expect.stringMatching(/north\/first\.yaml$/),
    ]);
  });

  test("by its id is refused to an own host, by the domain of each", () => {
    const files = { "north/first.yaml": yaml, [own]: withHost("first.north.example") };
    expect(problemsOfSouth(files, { domain: (cell) => `${cell}.example` })).toEqual([
      expect.stringMatching(/:7 host: the host "first\.north\.example" of .*north\/first\.yaml$/),
    ]);
    expect(loadedOfSouth(files, { domain: () => undefined })).toEqual(["own"]);
  });

  test("as its own is refused to the tenant that would have it by its id", () => {
    const files = { "north/first.yaml": withHost("own.south.example"), [own]: yaml };
    expect(problemsOfSouth(files, { domain: (cell) => `${cell}.example` })).toEqual([
      expect.stringMatching(
        /^south\/own\.yaml:1 : the host "own\.south\.example" by this file's name, which .*north\/first\.yaml names/,
      ),
    ]);
    expect(loadedOfSouth(files)).toEqual(["own"]);
  });

  test.each([
    [
      "of an offboarded tenant",
      withHost("a.acme.example", { state: "offboarded", retainUntil: "2030-01-01" }),
    ],
    ["of a file that is no YAML", "host: a.acme.example\nplan: [basic"],
    ["that is no host as it is written", withHost("A.acme.example.")],
    ["in a comment", `${yaml}# host: a.acme.example\n`],
    ["of somebody else", withHost("b.acme.example")],
  ])("is free %s", (_, first) => {
    expect(loadedOfSouth({ "north/first.yaml": first, [own]: withHost("a.acme.example") })).toEqual(["own"]);
  });

  test("may be in a folder elsewhere, which need not be there", () => {
    using folder = temporaryFolder({
      "customers/first/acme.yaml": withHost("a.acme.example"),
      "south/own.yaml": withHost("a.acme.example"),
      "south/acme.yaml": yaml,
    });
    const neighbours = ["customers/first", "nowhere"].map((path) => join(folder.path, path));
    const problems = problemsOf(join(folder.path, "south"), { neighbours });
    expect(problems.map(({ found }) => found)).toEqual([
      expect.stringMatching(/^the id "acme", which is also in .*customers\/first\/acme\.yaml$/),
      expect.stringMatching(/^the host "a\.acme\.example" of .*customers\/first\/acme\.yaml$/),
    ]);
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
