import { expect, test } from "vitest";
import { UsageError } from "../../lib/terminal/errors.ts";
import { assertActive, planText, restorePlan } from "../../ops/backup/restorePlan.ts";
import { main as backups } from "../../ops/commands/backups.ts";
import { main as purge } from "../../ops/commands/purge.ts";
import { main as restore } from "../../ops/commands/restore.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";

test.each([
  [restore, "", "--tenant ID is required"],
  [restore, "--tenant Acme_1 --at latest", "--tenant Acme_1"],
  [restore, "--tenant acme", "one of --at TIME, --undo and --clean"],
  [restore, "--tenant acme --at latest --undo", "one of --at TIME, --undo and --clean"],
  [restore, "--tenant acme --undo --into other", "--into, --lend-key and --discard-current require --at"],
  [restore, "--tenant acme --undo --lend-key", "--into, --lend-key and --discard-current require --at"],
  [restore, "--tenant acme --at 2026-11-20T03:00:00", "a moment with its zone"],
  [backups, "--tenant", "argument missing"],
  [purge, "--dry-run", "--tenant ID is required"],
] as const)(
  "a wrong command line is refused before anything is asked of a cluster: %s",
  async (main, line, message) => {
    const refused = await main(line.split(" ").filter(Boolean)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect(String(refused)).toContain(message);
  },
);

const now = new Date("2026-11-21T02:47:00Z");
const backup = {
  id: "48d7eaad00",
  time: "2026-11-19T19:42:10.000Z",
  bytes: 7_411_966,
  reason: "scheduled" as const,
  hasDatabase: true,
};
const args = {
  tenant: tenant({ dataServices: true }),
  sourceId: "acme",
  services: inClusterFacts,
  discardCurrent: false,
  backup,
  instance: { settings: { image: "i" }, annotations: {} },
  isKeyLent: false,
  now,
};

test("what a restore would do is told before it does it", () => {
  expect(planText(restorePlan(args), now).split("\n")).toEqual([
    "This restores acme:",
    "  backup    of acme, 2026-11-19T19:42:10Z, 31 h old",
    "  size      7.1 MiB, scheduled, id 48d7eaad",
    "  stops     acme's gateway, until the end",
    "  files     acme's state is replaced; what is there is kept as state.before-2611210247 on its volume",
    "  database  tenant_acme is replaced; what is there is kept as tenant_acme_was_2611210247",
    "  lost      what acme has done since, until it is put back",
  ]);
  expect(planText(restorePlan({ ...args, tenant: tenant({ dataServices: false }) }), now)).toContain(
    "left out: the backup holds one, but acme has no data services",
  );
  expect(planText(restorePlan({ ...args, discardCurrent: true }), now)).toContain("REMOVED FIRST");
});

test("a restore that was interrupted is gone on with under its own id", () => {
  const running = JSON.stringify({ restoreId: "2611200000", sourceId: "acme", snapshot: "48d7eaad00" });
  const instance = { ...args.instance, annotations: { "openclaw.ai/restore": running } };
  expect(restorePlan({ ...args, instance })).toMatchObject({ restoreId: "2611200000", isContinued: true });
  const broken = { ...args.instance, annotations: { "openclaw.ai/restore": "{" } };
  expect(restorePlan({ ...args, instance: broken })).toMatchObject({
    restoreId: "2611210247",
    isContinued: false,
  });
});

test("who cannot be restored into is refused with the reason", () => {
  expect(() => assertActive(tenant({ state: "suspended" }), "suspended")).toThrow(
    /requires an active tenant/,
  );
  expect(() => assertActive(tenant({ state: "suspended" }), "active")).toThrow(/its file says suspended/);
  expect(() => assertActive(tenant(), undefined)).toThrow(/acme is not up yet/);
  expect(() => assertActive(tenant(), "active")).not.toThrow();
  const fromOther = { ...args, sourceId: "other", services: managedFacts };
  expect(() => restorePlan(fromOther)).toThrow(/acme's role reads its own backups only[\s\S]*--lend-key/);
  expect(() => restorePlan({ ...fromOther, isKeyLent: true })).not.toThrow();
  // The services' administrator in the cluster reads every backup, a tenant's role in a cloud its own.
  expect(() => restorePlan({ ...args, sourceId: "other" })).not.toThrow();
  expect(() => restorePlan({ ...args, services: managedFacts })).not.toThrow();
  expect(planText(restorePlan({ ...args, sourceId: "other" }), now)).toContain(
    "what acme has done since, and before, until it is put back",
  );
});
