import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../../lib/system/paths.ts";
import { tenantJsonSchemaPath, tenantJsonSchemaText } from "../../tenants/jsonSchema.ts";
import { costPages, withCostTables } from "../../tools/docs/costTables.ts";
import { parseCommand } from "../commandLine/arguments.ts";

const help = {
  usage: "npm run generate",
  text: `Rewrites what is generated from the code:

  ${tenantJsonSchemaPath}
      the JSON Schema of tenant files for editors, from tenants/schema.ts
  ${costPages.map(({ path }) => path).join(", ")}
      their tables, from the list prices and assumptions in tenants/`,
};

/** Rewrites the generated files. Resolves to the exit code. */
export async function main(argv: string[]): Promise<number> {
  if (parseCommand(argv, {}, help) === undefined) {
    return 0;
  }
  await write(tenantJsonSchemaPath, tenantJsonSchemaText());
  for (const page of costPages) {
    const text = await readFile(join(repository, page.path), "utf8");
    await write(page.path, withCostTables(text, page));
  }
  return 0;
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(repository, path), text);
  console.log(`wrote ${path}`);
}
