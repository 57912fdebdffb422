import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openSession } from "../../tools/cli/session.ts";
import { type Target, targetOf } from "../../tools/cli/target.ts";
import { stackExportOf } from "../../tools/roots/state.ts";
import { silentProgress } from "../../tools/terminal/progress.ts";
import { importable, recordedState, type Writer } from "../fixtures/recordedStates.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { pulumiOutput } from "./pulumiOutput.ts";

/** Whose loss is a tenant's loss, or time that it is not served. */
const vital = ["Deployment", "StatefulSet", "PersistentVolumeClaim", "Namespace", "Service"];

const harmless = new Set(["create", "update", "refresh", "read"]);

const withoutObjects = "the official plugin wants the objects that a recorded state is of";

const folders: ReturnType<typeof temporaryFolder>[] = [];
/** The plan that follows each writer's state; none with the official kubernetes plugin. */
const plans = new Map<Writer, Record<string, string>>();

beforeAll(async () => {
  for (const writer of ["official", "stand-in"] as const) {
    const plan = await planFrom(writer);
    if (plan !== undefined) {
      plans.set(writer, plan);
    }
  }
});

afterAll(() => {
  for (const folder of folders) {
    folder[Symbol.dispose]();
  }
});

/**
 * What this program would change, by URN, in a stack that a state was imported into; nothing is. The official kubernetes
 * plugin plans no update of an object that is not in the cluster, and those of the recorded states are gone.
 */
async function planFrom(writer: Writer): Promise<Record<string, string> | undefined> {
  const folder = temporaryFolder();
  folders.push(folder);
  // The state is in a folder of its own, because the tests have a stack of that name.
  const target: Target = {
    ...targetOf({ stack: "dev", embedded: true }, inject("engineHome")),
    folder: folder.path,
  };
  const engine = await openSession(target, silentProgress);
  if (engine.kubernetes === "official") {
    return undefined;
  }
  const { deployment } = stackExportOf(await pulumiOutput(target, engine, ["stack", "export"]));
  const state = importable(recordedState(writer), deployment.secrets_providers);
  await pulumiOutput(target, engine, ["stack", "import"], JSON.stringify(state));
  const { steps } = JSON.parse(await pulumiOutput(target, engine, ["preview", "--json"])) as {
    steps: { op: string; urn: string }[];
  };
  return Object.fromEntries(steps.filter(({ op }) => op !== "same").map(({ urn, op }) => [urn, op]));
}

test("which plugins wrote a state makes no difference to what this program would change", ({ skip }) => {
  skip(plans.size === 0, withoutObjects);
  expect(plans.get("official")).toEqual(plans.get("stand-in"));
});

test.for(["official", "stand-in"] as const)(
  "from a state that %s plugins wrote nothing is replaced or deleted that a tenant lives on",
  (writer, { skip }) => {
    skip(plans.size === 0, withoutObjects);
    const plan = Object.entries(plans.get(writer) ?? {});
    const isVital = ([urn]: readonly [string, string]) => vital.some((kind) => urn.includes(`:${kind}::`));
    expect(plan.filter(isVital).filter(([, op]) => !harmless.has(op))).toEqual([]);
    // The Secrets and what is made of them follow the new roots: the plan is of this very stack.
    expect(plan.map(([urn]) => urn.split("::").at(-1))).toContain("acme-credentials");
  },
);
