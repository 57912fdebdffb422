import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Engine } from "../../embedded/engine/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { missingFrom, type PackageSchema } from "../fixtures/tencentcloud/realSchema.ts";
import { cloudsOfPreviews } from "./answers.ts";
import { installCloudPlugins, realEngine, realPreview } from "./realPreview.ts";

/**
 * Both clouds' stacks, planned by their real providers with made-up credentials. It downloads some 300 MB of plugins,
 * so it runs where it is asked for: OPENCLAW_CLOUD_PREVIEWS=1 npm test -- -- --project clouds
 */
const isAsked = Boolean(process.env.OPENCLAW_CLOUD_PREVIEWS);

/** `type name` of every resource that the stack registers under mocks. */
const inventory = (stack: string): string[] =>
  Object.keys(parse(readFileSync(join(repository, "test", "golden", `${stack}.yaml`), "utf8"))).sort();

describe.runIf(isAsked)("with the clouds' real providers", () => {
  let engine: Engine;
  let tencentSchema: unknown;

  beforeAll(async () => {
    engine = await realEngine();
    tencentSchema = await installCloudPlugins(engine);
  });

  test("Tencent's provider has every resource, property and output that the program uses", () => {
    expect(missingFrom(tencentSchema as PackageSchema)).toEqual([]);
  });

  test.each(Object.entries(cloudsOfPreviews))("a preview of %s plans its inventory", async (stack, cloud) => {
    const { created, others, message, calls } = await realPreview(engine, stack, cloud);
    console.log(`${stack}: ${created.length} to create; asked: ${calls.join(", ") || "nothing"}`);
    expect(message, `the preview of ${stack} failed`).toBeUndefined();
    expect({ created, others }).toEqual({ created: inventory(stack), others: [] });
    expect(calls, "what the provider asks of its cloud").toEqual([...cloud.calls].sort());
  });
});
