import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openSession } from "../../tools/cli/session.ts";
import { settingsCopyFile } from "../../tools/cli/stack.ts";
import { type Target, targetOf } from "../../tools/cli/target.ts";
import { removeCluster } from "../../tools/cluster/index.ts";
import type { Engine } from "../../tools/engine/index.ts";
import { embeddedOwner } from "../../tools/fleet/stacks.ts";
import { stackExportOf } from "../../tools/roots/state.ts";
import { fleetCell } from "../../tools/states/fleet.ts";
import { settingsAsRecorded } from "../../tools/states/settings.ts";
import { silentProgress } from "../../tools/terminal/progress.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { differenceOf, namedSteps, pathOf, recordedVersions, stateOf } from "../fixtures/upgrade.ts";
import { pulumiOutput } from "./pulumiOutput.ts";

/**
 * Recorded states are of objects that are in no cluster, so each version has a cluster of its own that is empty: those of
 * the tests' own would be taken for them.
 */

const homes: string[] = [];

afterAll(async () => {
  for (const home of homes) {
    await removeCluster(home);
    await rm(home, { recursive: true, force: true });
  }
});

/** The stacks that a version left, for this program to preview. */
async function fleetOf(version: string) {
  const home = await mkdtemp(join(tmpdir(), "openclaw-upgrade-"));
  homes.push(home);
  const noTenants = temporaryFolder();
  const tenantsOf: Readonly<Record<string, string>> = {
    [embeddedOwner]: noTenants.path,
    [fleetCell]: pathOf(version, "tenants"),
  };
  return {
    /** Puts the recorded state and settings in the place of the stack's. */
    open: async (stack: string) => {
      const tenants = tenantsOf[stack] ?? "";
      const target = targetOf({ stack, embedded: true, tenants }, home);
      const engine = await openSession(target, silentProgress);
      const copy = settingsCopyFile(target);
      const settings = await readFile(pathOf(version, `${stack}.yaml`), "utf8");
      await writeFile(copy, settingsAsRecorded(await readFile(copy, "utf8"), settings, tenants));
      const { secrets_providers } = stackExportOf(
        await pulumiOutput(target, engine, ["stack", "export"]),
      ).deployment;
      const { deployment, ...state } = stateOf(version, stack);
      const importable = { ...state, deployment: { ...deployment, secrets_providers } };
      await pulumiOutput(target, engine, ["stack", "import"], JSON.stringify(importable));
      return { target, engine };
    },
    [Symbol.dispose]: noTenants[Symbol.dispose],
  };
}

/** What this program would do; how many resources it would leave as they are is in the summary alone. */
async function planOf(target: Target, engine: Engine) {
  return planSchema.parse(JSON.parse(await pulumiOutput(target, engine, ["preview", "--json"])));
}

const planSchema = z.object({
  steps: z.array(z.object({ op: z.string(), urn: z.string() })),
  changeSummary: z.object({ same: z.number() }),
});

describe.each(recordedVersions)("from %s", (version) => {
  test("what is created, deleted or replaced is what the changelog names", async ({ skip }) => {
    using fleet = await fleetOf(version);
    for (const stack of [embeddedOwner, fleetCell]) {
      const { target, engine } = await fleet.open(stack);
      skip(
        engine.kubernetes === "official",
        "the official plugin wants the objects that a recorded state is of",
      );
      const { steps, changeSummary } = await planOf(target, engine);
      // Each stack is really gone on from: what it has is planned, and stays.
      expect(changeSummary.same, stack).toBeGreaterThan(10);
      expect(
        differenceOf(stack, steps, namedSteps(version)),
        `the stack ${stack}: test/upgrade/README.md says what to do`,
      ).toEqual({ unnamed: [], missing: [] });
    }
  });
});
