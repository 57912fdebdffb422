import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { listTenantFolder } from "../../tenants/folder.ts";
import { inspectTenants, loadTenants } from "../../tenants/load.ts";
import { placesIn, placesOfFiles, problemIn, problemsOf, problemsOfFiles } from "../fixtures/problems.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const yaml = tenantYaml();

describe("a folder", () => {
  test("of one cell gives its tenants, sorted by id, the cell named after the folder", () => {
    using folder = temporaryFolder({ "b.yaml": yaml, "a-2.yaml": yaml, "a.yaml": yaml });
    const tenants = loadTenants(folder.path);
    expect(tenants.map(({ id }) => id)).toEqual(["a", "a-2", "b"]);
    expect(new Set(tenants.map(({ cell }) => cell))).toEqual(new Set([basename(folder.path)]));
  });

  test("of cells gives the tenants of all", () => {
    using folder = temporaryFolder({ "north/b.yaml": yaml, "south/a.yaml": yaml });
    const tenants = loadTenants(folder.path);
    expect(tenants.map(({ id, cell }) => `${cell}/${id}`)).toEqual(["south/a", "north/b"]);
  });

  test("without files is a cell without tenants", () => {
    using folder = temporaryFolder();
    expect(loadTenants(folder.path)).toEqual([]);
  });

  test("of other files, editors' and merges' leftovers is read past them", () => {
    using folder = temporaryFolder({
      "acme.yaml": yaml,
      "README.md": "# Cell",
      ".gitkeep": "",
      ".acme.yaml.swp": "\u0000",
      ".#acme.yaml": "",
      "#acme.yaml#": "",
      "acme.yaml~": "",
      "acme.yaml.orig": "",
      "acme.yaml.bak": "",
      "acme.yaml.rej": "",
      "acme.yaml.tmp": "",
      "acme.yaml.swo": "",
      "acme.yaml.kate-swp": "",
      ".goutputstream-A1B2C3.yaml.x": "",
      "notes/README.md": "",
      ".idea/settings.yaml": "",
    });
    symlinkSync("somebody@host.1:2", join(folder.path, ".#b.yaml"));
    expect(loadTenants(folder.path).map(({ id }) => id)).toEqual(["acme"]);
  });

  test.each([
    ["in a folder of its cell", "archive/acme.yaml"],
    ["in a folder of its cell", "eu/west/acme.YML"],
    ["that is hidden", ".acme.yaml"],
    ["by another name", "acme.yaml.txt"],
    ["by another name", "acme.yml.disabled"],
    ["in a folder of its cell", "eu/acme.yml"],
    ["by another name", "acme~1.yaml.txt"],
    ["by another name", "a#b.yaml.old"],
    ["by another name", "acme.yaml.bak.txt"],
    ["by another name", "x.goutputstream-1.yaml.txt"],
  ])("with a tenant file %s is refused, for nobody would ever see it (%s)", (_, stray) => {
    expect(placesOfFiles({ "b.yaml": yaml, [stray]: yaml })).toEqual([`${stray}:1:1`]);
    expect(placesOfFiles({ "north/b.yaml": yaml, [`south/${stray}`]: yaml })).toEqual([`south/${stray}:1:1`]);
  });

  test("of cells is read past hidden folders, links to nowhere, and what is called like a file", () => {
    using folder = temporaryFolder({
      "tenant.schema.json": "{}",
      "north/a.yaml": yaml,
      ".git/b.yaml": yaml,
      "c.yaml/d.yaml": yaml,
    });
    symlinkSync("nowhere", join(folder.path, "gone"));
    symlinkSync("north", join(folder.path, "up"));
    expect(listTenantFolder(folder.path).cells.map(({ cell }) => cell)).toEqual(["north", "up"]);
  });

  test("with one tenant in two cells has it in the first", () => {
    using folder = temporaryFolder({ "north/a.yaml": yaml, "south/a.yaml": yaml, "south/b.yaml": yaml });
    const { tenants, problems } = inspectTenants(folder.path);
    expect(problems).toMatchObject([{ file: expect.stringMatching(/south\/a\.yaml$/) }]);
    expect(tenants.map(({ id, cell }) => `${cell}/${id}`)).toEqual(["north/a", "south/b"]);
  });

  test("with a link to another folder is refused", () => {
    using elsewhere = temporaryFolder({ "acme.yaml": yaml });
    using folder = temporaryFolder({ "b.yaml": yaml });
    symlinkSync(elsewhere.path, join(folder.path, "more"));
    symlinkSync(".", join(folder.path, "circle"));
    expect(problemsOf(folder.path)).toMatchObject([
      { file: expect.stringMatching(/circle$/), found: "a symbolic link to a folder" },
      { file: expect.stringMatching(/more$/), found: "a symbolic link to a folder" },
    ]);
  });

  test("that is missing is an error", () => {
    using folder = temporaryFolder();
    expect(problemsOf(join(folder.path, "nowhere"))).toMatchObject([
      { line: 1, column: 1, found: "a folder that cannot be listed: it does not exist" },
    ]);
  });

  test("that is a file is an error", () => {
    using folder = temporaryFolder({ "acme.yaml": yaml });
    expect(problemsOf(join(folder.path, "acme.yaml"))).toMatchObject([
      { found: "a folder that cannot be listed: it is not a folder" },
    ]);
  });

  test("whose name is no stack's name is an error", () => {
    expect(placesOfFiles({ "my cell/acme.yaml": yaml })).toEqual(["my cell:1:1"]);
  });

  test("is given in the dev cell's sample tenants, each plan and a suspended one among them", () => {
    const tenants = loadTenants(join(import.meta.dirname, "../../tenants/dev"));
    expect(new Set(tenants.map(({ plan }) => plan))).toEqual(new Set(["basic", "pro", "enterprise"]));
    expect(tenants.map(({ state }) => state)).toContain("suspended");
  });
});

describe("a file name", () => {
  test("ending in .yml is refused, the right one suggested", () => {
    expect(problemsOfFiles({ "acme.yml": yaml })).toMatchObject([
      { file: "acme.yml", found: 'the file name "acme.yml"', suggestion: "acme.yaml" },
    ]);
  });

  test("ending in .yml beside the same .yaml is refused", () => {
    expect(problemsOfFiles({ "acme.yml": yaml, "acme.yaml": yaml })).toMatchObject([
      { file: "acme.yml", found: '"acme.yml" beside "acme.yaml"' },
    ]);
  });

  test("ending in .YAML is refused", () => {
    expect(problemsOfFiles({ "acme.YAML": yaml })).toMatchObject([{ suggestion: "acme.yaml" }]);
  });

  test("of a folder is refused", () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, "acme.yaml"));
    expect(problemsOf(folder.path)).toMatchObject([{ found: "a folder" }]);
  });

  test("of a pipe is refused, not waited on", () => {
    using folder = temporaryFolder();
    const pipe = join(folder.path, "acme.yaml");
    execFileSync("mkfifo", [pipe]);
    // Whoever waits on it nonetheless gets nothing, and goes on.
    const writer = spawn("sh", ["-c", ': > "$1"', "sh", pipe]);
    onTestFinished(() => void writer.kill("SIGKILL"));
    expect(problemsOf(folder.path)).toMatchObject([
      { found: "something that is neither a file nor a folder" },
    ]);
  });

  test("beside the cells of the project is refused", () => {
    expect(placesOfFiles({ "tenant.schema.json": "{}", "acme.yaml": yaml, "north/b.yaml": yaml })).toEqual([
      "acme.yaml:1:1",
    ]);
  });
});

describe("a symbolic link", () => {
  test("out of the folder is refused, whatever it leads to", () => {
    using elsewhere = temporaryFolder({ "secret.yaml": "password: swordfish" });
    using folder = temporaryFolder();
    symlinkSync(join(elsewhere.path, "secret.yaml"), join(folder.path, "acme.yaml"));
    const problems = problemsOf(folder.path);
    expect(problems).toMatchObject([{ found: "a symbolic link that leads out of the folder" }]);
    expect(JSON.stringify(problems)).not.toContain("swordfish");
  });

  test("to a folder whose name begins with the cell's is out of the folder", () => {
    using folder = temporaryFolder({ "cell/a.yaml": yaml, "cell-2/b.yaml": yaml });
    symlinkSync("../cell-2/b.yaml", join(folder.path, "cell/c.yaml"));
    expect(problemsOf(join(folder.path, "cell"))).toHaveLength(1);
  });

  test("to nowhere is refused", () => {
    using folder = temporaryFolder();
    symlinkSync("nowhere", join(folder.path, "acme.yaml"));
    expect(problemsOf(folder.path)).toMatchObject([
      { found: "a file that cannot be read: it does not exist" },
    ]);
  });

  test("to itself is refused", () => {
    using folder = temporaryFolder();
    symlinkSync("acme.yaml", join(folder.path, "acme.yaml"));
    expect(problemsOf(folder.path)).toMatchObject([
      { found: "a file that cannot be read: its symbolic links lead in a circle" },
    ]);
  });

  test("is followed when it is the folder itself", () => {
    using folder = temporaryFolder({ "real/acme.yaml": yaml });
    symlinkSync("real", join(folder.path, "alias"));
    expect(loadTenants(join(folder.path, "alias"))).toMatchObject([{ id: "acme", cell: "alias" }]);
  });
});

describe("the report", () => {
  test("lists every problem of every file, by place", () => {
    const bad = tenantYaml({ plan: "por", keyEpoch: 0, users: [{ email: "x", role: "usr" }], hots: "a" });
    expect(placesOfFiles({ "b.yaml": bad, "a.yaml": "", "C.yaml": yaml, "ok.yaml": yaml })).toEqual([
      "C.yaml:1:1",
      "a.yaml:1:1",
      "b.yaml:3:7 plan",
      "b.yaml:5:12 users[0].email",
      "b.yaml:6:11 users[0].role",
      "b.yaml:7:11 keyEpoch",
      "b.yaml:8:1 hots",
    ]);
  });

  test("says place, what was found, what would be right and what was meant", () => {
    using folder = temporaryFolder({ "acme.yaml": tenantYaml({ plan: "por" }) });
    expect(() => loadTenants(folder.path)).toThrow(
      [
        "1 problem in the tenant files",
        "",
        `${problemsOf(folder.path)[0]?.file}:3:7  plan`,
        '  found     the text "por"',
        "  expected  the plan, which sets size, seats and price: one of basic, pro, enterprise",
        '  did you mean "pro"?',
      ].join("\n"),
    );
  });

  test("stays readable when nothing is right", () => {
    using folder = temporaryFolder({
      "acme.yaml": `${yaml}${Array.from({ length: 250 }, (_, i) => `x${i}: 1\n`).join("")}`,
    });
    expect(problemsOf(folder.path)).toHaveLength(250);
    expect(() => loadTenants(folder.path)).toThrow(/^250 problems[\s\S]*x199\n[\s\S]*and 50 more problems$/);
  });

  test("names files relative to the working directory", () => {
    const problems = problemsOf("tenants/nowhere");
    expect(problems[0]?.file).toBe("tenants/nowhere");
  });

  test("names broken rules beside misspelt keys", () => {
    const users = [{ email: "b@c.example", role: "user" }];
    expect(placesIn(tenantYaml({ users, plna: "pro" }))).toEqual(["5:3 users", "7:1 plna"]);
  });

  test("cannot move the terminal's cursor and stays short", () => {
    const text = problemIn(`plan: "\\e[2J${"x".repeat(9_000)}"\n${tenantYaml({ plan: undefined })}`).found;
    expect(text).toMatch(/^the text "\\u\{1b\}\[2Jx+…"$/);
    expect(text.length).toBeLessThan(100);
  });
});
