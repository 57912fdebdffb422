import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

/** A file, what it imports, each by its path in the repository, and whether it may: CONTRIBUTING.md, "Repository layout". */
const imports: readonly (readonly [file: string, imported: string, isAllowed: boolean])[] = [
  ["lib/system/a.ts", "tenants/b.ts", false],
  ["tenants/a.ts", "lib/b.ts", true],
  ["tenants/a.ts", "components/b.ts", false],
  ["components/tenant/a.ts", "tenants/b.ts", true],
  ["components/tenant/a.ts", "settings/b.ts", false],
  ["components/tenant/a.ts", "components/services/accounts/b.ts", true],
  ["components/services/accounts/a.ts", "components/tenant/b.ts", false],
  ["components/services/accounts/a.ts", "components/backup/b.ts", false],
  ["components/backup/a.ts", "components/services/b.ts", true],
  ["components/backup/a.ts", "components/tenant/b.ts", false],
  ["components/platform/a.ts", "components/tenant/b.ts", false],
  ["components/cluster/ack/a.ts", "components/services/b.ts", false],
  ["settings/a.ts", "components/tenant/b.ts", true],
  ["settings/a.ts", "ops/fleet/b.ts", false],
  ["program/a.ts", "settings/b.ts", true],
  ["index.ts", "ops/b.ts", false],
  ["policy/rules/a.ts", "components/b.ts", true],
  ["policy/rules/a.ts", "ops/b.ts", false],
  ["embedded/node/a.ts", "embedded/cluster/b.ts", true],
  ["embedded/node/a.ts", "components/b.ts", true],
  ["embedded/node/a.ts", "ops/stack/b.ts", false],
  ["ops/stack/a.ts", "embedded/index.ts", true],
  ["ops/stack/a.ts", "embedded/engine/b.ts", false],
  ["ops/stack/a.ts", "bench/b.ts", false],
  ["ops/stack/a.ts", "ops/commands/b.ts", false],
  ["ops/commands/a.ts", "ops/stack/b.ts", true],
  ["ops/commands/a.ts", "bench/b.ts", true],
  ["ops/commands/a.ts", "embedded/node/b.ts", false],
  ["ops/backup/a.ts", "ops/stack/b.ts", true],
  ["ops/stack/a.ts", "ops/fleet/b.ts", true],
  ["ops/stack/a.ts", "ops/backup/b.ts", false],
  ["ops/stack/a.ts", "components/backup/b.ts", true],
  ["ops/fleet/a.ts", "ops/stack/b.ts", false],
  ["bench/a.ts", "embedded/engine/b.ts", false],
  ["bench/a.ts", "ops/stack/b.ts", true],
  ["bench/a.ts", "ops/commands/b.ts", false],
  ["tools/docs/a.ts", "ops/b.ts", false],
];

const reportSchema = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })),
});

test("an import that goes up, or past a room's door, is no longer linted clean", async () => {
  const files = imports.map(([file, imported], index) => {
    const up = "../".repeat(file.split("/").length - 1) || "./";
    const name = file.replace(/a\.ts$/, `a${index}.ts`);
    return { name, text: `import { x } from "${up}${imported}";\n\nexport const y = x;\n` };
  });
  const { vcs: _, ...settings } = JSON.parse(readFileSync(join(repository, "biome.json"), "utf8"));
  using folder = temporaryFolder({
    "biome.json": JSON.stringify(settings),
    ...Object.fromEntries(files.map(({ name, text }) => [name, text])),
  });
  const biome = join(repository, "node_modules/.bin/biome");
  const args = ["lint", "--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none", "."];
  const { stdout } = await run(biome, args, { cwd: folder.path });
  const refused = reportSchema.parse(JSON.parse(stdout)).diagnostics.map(({ location }) => location.path);
  expect(refused.toSorted()).toEqual(
    files.flatMap(({ name }, index) => (imports[index]?.[2] === false ? [name] : [])).toSorted(),
  );
});
