import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tenantsFolders } from "../../settings/folders.ts";
import { contextOfStack, fleetStack, readFleet, readStack, stackOfCell } from "../../settings/stacks.ts";
import { loadTenants } from "../../tenants/load.ts";
import { problemsOf } from "../fixtures/problems.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const owner = `config:
  openclaw:cluster: { kind: existing, name: north, context: north }
  openclaw:platform: { domain: clouds.example }
`;
const cell = `config:
  openclaw:platform: { stack: acme/openclaw/north }
  openclaw:canary: true
  openclaw:maxTenants: 40
  openclaw:tenants: customers/first/
`;

describe("a stack", () => {
  test("that owns its platform is its own platform, with the defaults", () => {
    expect(fleetStack("north", owner)).toEqual({
      stack: "north",
      role: "owner",
      platform: "north",
      clusterKind: "existing",
      domain: "clouds.example",
      canary: false,
      tenantsFolder: "tenants/north",
      maxTenants: 25,
      isPlaceholder: false,
    });
  });

  test("that is a cell names its platform's stack by the last part of its full name", () => {
    expect(fleetStack("north-01", cell)).toEqual({
      stack: "north-01",
      role: "cell",
      platform: "north",
      clusterKind: undefined,
      domain: undefined,
      canary: true,
      tenantsFolder: "customers/first",
      maxTenants: 40,
      isPlaceholder: false,
    });
  });

  test("may say its settings as text, as `pulumi config set` writes them", () => {
    const text = `config:
  openclaw:platform: '{"stack":"acme/openclaw/north"}'
  openclaw:maxTenants: "40"
  openclaw:canary: "true"
`;
    expect(fleetStack("x", text)).toMatchObject({ platform: "north", maxTenants: 40, canary: true });
  });

  test.each(["2027", '"2027"'])("may have its tenants in a folder of a number, %s", (folder) => {
    const text = `config:\n  openclaw:tenants: ${folder}\n`;
    expect(fleetStack("x", text)).toMatchObject({ tenantsFolder: "2027" });
  });

  test("is a placeholder as long as one is among its settings, but not in a comment", () => {
    const text = "config:\n  openclaw:platform: { stack: <organization>/openclaw/north }\n";
    expect(fleetStack("x", text)).toMatchObject({ platform: "north", isPlaceholder: true });
    expect(fleetStack("x", `# <organization>\n${cell}`).isPlaceholder).toBe(false);
  });

  test.each(["", "# nothing\n", "config:\n"])("without settings (%j) has the defaults", (text) => {
    expect(fleetStack("x", text)).toMatchObject({ role: "owner", platform: "x", tenantsFolder: "tenants/x" });
  });

  test.each(["many", "0", "-1", "2.5", "[]", "true"])("of %s tenants is refused", (limit) => {
    expect(() => fleetStack("north", `config:\n  openclaw:maxTenants: ${limit}\n`)).toThrow(
      /Pulumi\.north\.yaml[\s\S]*openclaw:maxTenants/,
    );
  });

  test("whose file is a folder is refused", () => {
    using folder = temporaryFolder({ "Pulumi.north.yaml/x": "" });
    expect(() => readFleet(folder.path)).toThrow(/Pulumi\.north\.yaml[\s\S]*cannot be read: it is a folder/);
  });

  test("whose file is no YAML is refused", () => {
    expect(() => fleetStack("north", "config: [")).toThrow(/Pulumi\.north\.yaml[\s\S]*a YAML mistake/);
  });
});

describe("the fleet", () => {
  test("is every Pulumi.<stack>.yaml, by name; a cell has its owner's cluster and domain", () => {
    using folder = temporaryFolder({
      "Pulumi.yaml": "name: openclaw\n",
      "Pulumi.north.yaml": owner,
      "Pulumi.north-01.yaml": cell,
      "Pulumi.lost.yaml": "config:\n  openclaw:platform: { stack: elsewhere }\n",
      "notes.yaml": "",
    });
    expect(readFleet(folder.path)).toMatchObject([
      { stack: "lost", platform: "elsewhere", clusterKind: undefined, domain: undefined },
      { stack: "north", role: "owner" },
      { stack: "north-01", platform: "north", clusterKind: "existing", domain: "clouds.example" },
    ]);
    expect(readStack("north-01", folder.path)).toEqual(readFleet(folder.path)[2]);
    expect(readStack("nowhere", folder.path)).toBeUndefined();
  });

  test("a cell is reached by its own context, or else by its owner's; a managed cluster by none", () => {
    using folder = temporaryFolder({
      "Pulumi.north.yaml": owner,
      "Pulumi.c.yaml": `${cell}  openclaw:cluster: { kind: existing, name: n, context: c }\n`,
      "Pulumi.d.yaml": cell,
      "Pulumi.ack.yaml": "config:\n  openclaw:cluster: { kind: ack, name: ack }\n",
    });
    const contexts = ["north", "c", "d", "ack", "nowhere"].map((stack) => contextOfStack(stack, folder.path));
    expect(contexts).toEqual(["north", "c", "north", undefined, undefined]);
  });

  test("a cell may reach its cluster in another way than its owner", () => {
    using folder = temporaryFolder({
      "Pulumi.north.yaml": owner.replace("kind: existing", "kind: other"),
      "Pulumi.c.yaml": `${cell}  openclaw:cluster: { kind: existing, name: n, context: c }\n`,
    });
    expect(readStack("c", folder.path)).toMatchObject({ clusterKind: "existing", domain: "clouds.example" });
  });

  test("of this repository has dev, which owns its platform", () => {
    expect(readStack("dev")).toMatchObject({ role: "owner", clusterKind: "existing", isPlaceholder: false });
  });

  test("a tenant's cell is the stack with a folder of that name", () => {
    const fleet = [fleetStack("north", owner), fleetStack("north-01", cell)];
    expect(stackOfCell(fleet, "first")?.stack).toBe("north-01");
    expect(stackOfCell(fleet, "north")?.stack).toBe("north");
    expect(stackOfCell(fleet, "north-01")).toBeUndefined();
  });
});

describe("the folders of the fleet", () => {
  const fleet = [fleetStack("north", owner), fleetStack("north-01", cell)];

  test("are tenants/ and those that openclaw:tenants puts elsewhere, there or not if they are a cell's", () => {
    using folder = temporaryFolder({ "tenants/north/acme.yaml": tenantYaml() });
    expect(tenantsFolders(fleet, folder.path)).toEqual([
      join(folder.path, "tenants"),
      join(folder.path, "customers/first"),
    ]);
    expect(tenantsFolders([fleetStack("elsewhere", owner)], folder.path)).toEqual([
      join(folder.path, "tenants"),
    ]);
  });

  test("are loaded together", () => {
    using folder = temporaryFolder({
      "tenants/north/acme.yaml": tenantYaml(),
      "customers/first/bluebird.yaml": tenantYaml(),
    });
    expect(loadTenants(tenantsFolders(fleet, folder.path))).toMatchObject([
      { id: "acme", cell: "north" },
      { id: "bluebird", cell: "first" },
    ]);
  });

  test("have an id once between them, even in cells of one name", () => {
    using folder = temporaryFolder({
      "tenants/first/acme.yaml": tenantYaml(),
      "customers/first/acme.yaml": tenantYaml(),
    });
    expect(problemsOf(tenantsFolders(fleet, folder.path))).toMatchObject([
      { found: expect.stringMatching(/the id "acme", which is also in .*tenants\/first\/acme\.yaml/) },
    ]);
  });
});
