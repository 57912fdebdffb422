import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadTenants } from "../../tenants/load.ts";
import { tenantStates } from "../../tenants/schema.ts";
import { fleetUpdates } from "../../tools/states/fleet.ts";
import { recordedSettings, settingsAsRecorded } from "../../tools/states/settings.ts";
import type { TenantFiles } from "../../tools/states/steps.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

function tenantsOf(files: TenantFiles = {}) {
  using folder = temporaryFolder(
    Object.fromEntries(Object.entries(files).map(([id, text]) => [`${id}.yaml`, text])),
  );
  return loadTenants(folder.path);
}

test("the tenants that a version leaves are in every state and of every kind", () => {
  const tenants = tenantsOf(fleetUpdates.at(-1));
  expect(new Set(tenants.map(({ state }) => state))).toEqual(new Set(tenantStates));
  const kinds = tenants.map(({ auth, plan, dataServices }) => `${auth} ${plan} ${dataServices}`);
  expect(kinds).toEqual(
    expect.arrayContaining(["token basic false", "token pro true", "trusted-proxy pro true"]),
  );
  expect(tenants.filter(({ host }) => host !== undefined)).not.toEqual([]);
  expect(tenants.filter(({ keyEpoch }) => keyEpoch > 1)).not.toEqual([]);
  const days = tenants.flatMap(({ retainUntil }) => retainUntil ?? []);
  expect(days.filter((day) => day < "2026-01-01")).not.toEqual([]);
  expect(days.filter((day) => day > "2999-01-01")).not.toEqual([]);
});

test("whoever is offboarded or rotated was active before", () => {
  const before = new Map(tenantsOf(fleetUpdates[0]).map((tenant) => [tenant.id, tenant]));
  const changed = tenantsOf(fleetUpdates.at(-1)).filter(
    ({ state, keyEpoch }) => state === "offboarded" || keyEpoch > 1,
  );
  expect(changed.length).toBeGreaterThan(0);
  for (const { id } of changed) {
    expect(before.get(id)).toMatchObject({ state: "active", keyEpoch: 1 });
  }
});

test("recorded settings have nothing of the machine, and a copy that follows them keeps its own salt", () => {
  const copy = (salt: string, image: string) =>
    `# a comment\nencryptionsalt: ${salt}\nconfig:\n  openclaw:tenants: /tmp/${salt}\n  openclaw:instance: { image: ${image} }\n`;
  const recorded = recordedSettings(copy("then", "old"));
  expect(parse(recorded)).toEqual({ config: { "openclaw:instance": { image: "old" } } });
  expect(parse(settingsAsRecorded(copy("now", "new"), recorded, "/tenants"))).toEqual({
    encryptionsalt: "now",
    config: { "openclaw:instance": { image: "old" }, "openclaw:tenants": "/tenants" },
  });
});
