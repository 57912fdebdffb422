import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tenantJsonSchemaPath, tenantJsonSchemaText } from "../../tenants/jsonSchema.ts";

const projectRoot = join(import.meta.dirname, "../..");

/** Every object schema with properties, however deep. */
function objectSchemas(schema: unknown): Record<string, unknown>[] {
  if (typeof schema !== "object" || schema === null) {
    return [];
  }
  const deeper = Object.values(schema).flatMap(objectSchemas);
  return "type" in schema && schema.type === "object" ? [{ ...schema }, ...deeper] : deeper;
}

describe("the JSON Schema for editors", () => {
  test("is current; else run `npm run generate`", () => {
    const committed = readFileSync(join(projectRoot, tenantJsonSchemaPath), "utf8");
    expect(committed, "run `npm run generate`").toBe(tenantJsonSchemaText());
  });

  const objects = objectSchemas(JSON.parse(tenantJsonSchemaText()));

  test("allows no unknown key anywhere", () => {
    expect(objects).toHaveLength(4);
    for (const object of objects) {
      expect(object).toHaveProperty("additionalProperties", false);
    }
  });

  test("describes every property", () => {
    const properties = objects.flatMap(({ properties }) => Object.entries(properties ?? {}));
    expect(properties.length).toBeGreaterThan(10);
    const silent = properties.filter(([, schema]) => !schema.description).map(([name]) => name);
    expect(silent).toEqual([]);
  });

  test("asks for what the loader asks for", () => {
    expect(objects[0]).toHaveProperty("required", ["displayName", "owner", "plan", "users"]);
  });
});
