import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { registeredResources, resourceViolations, stackViolations } from "../fixtures/policyResources.ts";
import type { Registration } from "../fixtures/program.ts";
import { stacks } from "../fixtures/stacks.ts";

async function resourcesOf(stack: string) {
  const script = join(repository, "test/fixtures/printRegistrations.ts");
  const { code, stdout, stderr } = await run(process.execPath, [script, stack], { cwd: repository });
  if (code !== 0) {
    throw new Error(stderr);
  }
  return registeredResources(JSON.parse(stdout) as Registration[]);
}

test("every stack with settings is looked at", () => {
  const settings = readdirSync(repository).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  expect(settings.toSorted()).toEqual([...stacks].toSorted());
});

test.for(stacks)("the stack %s breaks no rule of the policy pack", async (stack) => {
  const resources = await resourcesOf(stack);
  expect(resources.length).toBeGreaterThan(5);
  const violations = resources.flatMap((each) =>
    resourceViolations(each, "2026-01-01").map((violation) => `${each.name}: ${violation}`),
  );
  expect([...violations, ...stackViolations(...resources)]).toEqual([]);
});
