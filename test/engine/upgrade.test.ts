import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { removeCluster } from "../../embedded/cluster/index.ts";
import type { Engine } from "../../embedded/engine/index.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { stackExportOf } from "../../ops/roots/state.ts";
import { openSession } from "../../ops/stack/session.ts";
import { settingsCopyFile } from "../../ops/stack/stack.ts";
import { type Target, targetOf } from "../../ops/stack/target.ts";
import { embeddedOwner } from "../../settings/stacks.ts";
import { fleetCell } from "../../tools/states/fleet.ts";
import { settingsAsRecorded } from "../../tools/states/settings.ts";
import { importable, recordedState, type Writer } from "../fixtures/recordedStates.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { differenceOf, namedSteps, pathOf, recordedVersions, stateOf } from "../fixtures/upgrade.ts";
import { pulumiOutput } from "./pulumiOutput.ts";

/**
 * Recorded states are of objects that are in no cluster, so they have a cluster that is empty and stays so: objects of the
 * tests' own cluster would be taken for theirs.
 */

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "openclaw-upgrade-"));
});
afterAll(async () => {
  await removeCluster(home);
  await rm(home, { recursive: true, force: true });
});

/** The stacks that a version left, for this program to preview. */
function fleetOf(version: string) {
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

/** The steps that this program would take; the number of unchanged resources is in the summary alone. */
async function planOf(target: Target, engine: Engine) {
  return planSchema.parse(JSON.parse(await pulumiOutput(target, engine, ["preview", "--json"])));
}

const planSchema = z.object({
  steps: z.array(z.object({ op: z.string(), urn: z.string() })),
  changeSummary: z.object({ same: z.number() }),
});

const withoutObjects = "the official plugin wants the objects that a recorded state is of";

describe.each(recordedVersions)("from %s", (version) => {
  test("what is created, deleted or replaced is what the changelog names", async ({ skip }) => {
    using fleet = fleetOf(version);
    for (const stack of [embeddedOwner, fleetCell]) {
      const { target, engine } = await fleet.open(stack);
      skip(engine.kubernetes === "official", withoutObjects);
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

describe("from a state of 0.1, whose roots have been renewed", () => {
  /** Resources whose loss is a tenant's data loss or downtime. */
  const vital = ["Deployment", "StatefulSet", "PersistentVolumeClaim", "Namespace", "Service"];
  const harmless = new Set(["create", "update", "refresh", "read"]);

  /** What this program would change after each writer, by URN; nothing with the official plugin. */
  const plans = new Map<Writer, Readonly<Record<string, string>>>();

  beforeAll(async () => {
    for (const writer of ["official", "stand-in"] as const) {
      using folder = temporaryFolder();
      const target = { ...targetOf({ stack: embeddedOwner, embedded: true }, home), folder: folder.path };
      const engine = await openSession(target, silentProgress);
      if (engine.kubernetes === "official") {
        return;
      }
      const { deployment } = stackExportOf(await pulumiOutput(target, engine, ["stack", "export"]));
      const state = importable(recordedState(writer), deployment.secrets_providers);
      await pulumiOutput(target, engine, ["stack", "import"], JSON.stringify(state));
      const { steps } = await planOf(target, engine);
      const changes = steps.filter(({ op }) => op !== "same").map(({ urn, op }) => [urn, op]);
      plans.set(writer, Object.fromEntries(changes));
    }
  });

  test("which plugins wrote it makes no difference to what this program would change", ({ skip }) => {
    skip(plans.size === 0, withoutObjects);
    expect(plans.get("official")).toEqual(plans.get("stand-in"));
  });

  test.for(["official", "stand-in"] as const)(
    "nothing is replaced or deleted that a tenant lives on, if %s plugins wrote it",
    (writer, { skip }) => {
      skip(plans.size === 0, withoutObjects);
      const plan = Object.entries(plans.get(writer) ?? {});
      const isVital = ([urn]: readonly [string, string]) => vital.some((kind) => urn.includes(`:${kind}::`));
      expect(plan.filter(isVital).filter(([, op]) => !harmless.has(op))).toEqual([]);
      // The Secrets and what is made of them follow the new roots: the plan is of this very stack.
      expect(plan.map(([urn]) => urn.split("::").at(-1))).toContain("acme-credentials");
    },
  );
});
