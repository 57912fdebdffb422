import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { oldStack } from "../fixtures/oldStack.ts";
import { pulumiHome } from "../fixtures/pulumiHome.ts";

const main = join(repository, "ops", "main.ts");
const command = ["renew-roots", "--context", "fake", "--yes"];

test("a stack is let in as a program before 0.2 left it, and an update of nothing costs no old password", async () => {
  using home = pulumiHome();
  home.addCli();
  home.addPlugin("kubernetes");
  home.addPlugin("random");
  using stack = oldStack(home.path, "dev", "acme", Buffer.alloc(32, 7));
  const renewRoots = (...more: string[]) =>
    run(process.execPath, [main, ...command, ...more], { cwd: repository, env: stack.environment });

  const nothing = await renewRoots("--", "--preview-only");
  expect(nothing.code).toBe(1);
  expect(nothing.stderr).toMatch(/npm run up/);
  expect(stack.state()).not.toContain("RandomBytes");
  expect(stack.secretNames()).toContain("rekey-acme");

  const renewed = await renewRoots();
  expect(renewed.code, renewed.stdout + renewed.stderr).toBe(0);
  expect(renewed.stdout).toMatch(/goes on +with the backups of acme/);
  expect(stack.secretNames()).toEqual(["tenant-acme"]);
  const again = await renewRoots();
  expect(again.stdout).toMatch(/Nothing to do/);
});
