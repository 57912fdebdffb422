import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tenantJsonSchemaPath, tenantJsonSchemaText } from "../../tenants/jsonSchema.ts";
import { repository } from "../system/paths.ts";
import { parseCommand } from "./arguments.ts";

const help = {
  usage: "npm run generate",
  text: `Rewrites ${tenantJsonSchemaPath}, the JSON Schema of tenant files for editors, from tenants/schema.ts.`,
};

/** Rewrites the generated files. Resolves to the exit code. */
export async function main(argv: string[]): Promise<number> {
  if (parseCommand(argv, {}, help) === undefined) return 0;
  await writeFile(join(repository, tenantJsonSchemaPath), tenantJsonSchemaText());
  console.log(`wrote ${tenantJsonSchemaPath}`);
  return 0;
}
