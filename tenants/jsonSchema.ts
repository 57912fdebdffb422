import * as z from "zod";
import { planNames, plans } from "./plans.ts";
import { tenantFileSchema } from "./schema.ts";

/** The path, relative to the project's root. */
export const tenantJsonSchemaPath = "tenants/tenant.schema.json";

/**
 * The schema of tenant files for editors, as the text of {@link tenantJsonSchemaPath}. Draft 7, which VS Code's
 * YAML extension and IntelliJ both read. Most rules between fields are in it; the loader knows them all.
 */
export function tenantJsonSchemaText(): string {
  const schema = z.toJSONSchema(tenantFileSchema, { target: "draft-7", io: "input" });
  const document = {
    $comment: "Generated from tenants/schema.ts by `npm run generate`; do not edit.",
    title: "OpenClaw tenant",
    ...schema,
    allOf: [retainUntilRule, adminRule, ...planNames.map(seatsRule)],
  };
  return `${withShortLists(JSON.stringify(document, null, 2))}\n`;
}

/** Lists of words on one line, as the formatter wants them. */
const withShortLists = (json: string): string =>
  json.replace(/\[\n\s+("\w[^[\]{}]*")\n\s+\]/g, (_, words: string) => `[${words.replace(/\n\s+/g, " ")}]`);

const retainUntilRule = {
  if: { required: ["state"], properties: { state: { const: "offboarded" } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ["retainUntil"] },
  else: { properties: { retainUntil: false } },
};

const adminRule = {
  properties: { users: { contains: { required: ["role"], properties: { role: { const: "admin" } } } } },
};

const seatsRule = (plan: (typeof planNames)[number]) => ({
  if: { required: ["plan"], properties: { plan: { const: plan } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { properties: { users: { maxItems: plans[plan].seats } } },
});
