import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { outputsIn, withoutOldRoots } from "../../ops/roots/state.ts";
import { type Before, plain, recordRegistrations, stackConfig } from "../fixtures/program.ts";
import { recordedState } from "../fixtures/recordedStates.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

/** The whole program on a stack whose outputs an earlier version wrote, as they were recorded. */

/** Outputs without the tokens, which an export has encrypted. */
const readable = ({ gatewayTokens: _, ...outputs }: ReturnType<typeof outputsIn>) => outputs;

/** Outputs of 0.1, and the same as `renew-roots` leaves them. */
const first = readable(outputsIn(recordedState("official")));
const renewed = readable(outputsIn(withoutOldRoots(recordedState("official"))));

async function after(
  lastOutputs: Before["lastOutputs"],
  files: Readonly<Record<string, string | null>> = {},
) {
  // index.ts runs when it is imported.
  vi.resetModules();
  using folder = temporaryFolder();
  cpSync(join(repository, "tenants/dev"), folder.path, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    if (text === null) {
      rmSync(join(folder.path, name));
    } else {
      folder.write(name, text);
    }
  }
  const settings = { "openclaw:tenants": folder.path, "openclaw:today": "2026-01-01" };
  const before = lastOutputs === undefined ? {} : { lastOutputs };
  const { registrations, result } = await recordRegistrations(
    "dev",
    stackConfig("dev", settings),
    () => import("../../index.ts"),
    before,
  );
  return { names: registrations.map(({ name }) => name), outputs: await plain(result) };
}

test("a stack of 0.1 is refused until its roots are renewed", async () => {
  await expect(after(first)).rejects.toThrow(
    /stand in the clear in the state of the stack[^:]*: acme, bluebird/,
  );
});

test("a stack whose roots are renewed goes on, and remembers that what it has may lack marks", async () => {
  const { outputs } = await after(renewed);
  expect(outputs.tenants).toMatchObject({ acme: { adopted: true }, dormant: { adopted: true } });
  const { outputs: ofNew } = await after(undefined);
  expect(ofNew.tenants).toMatchObject({ acme: { adopted: false } });
});

test("a tenant that the earlier version protected must have its file", async () => {
  await expect(after(renewed, { "acme.yaml": null })).rejects.toThrow(
    "acme.yaml: the tenant is active; put the",
  );
});

test("a smaller plan than the earlier version recorded is refused", async () => {
  await expect(after(renewed, { "acme.yaml": tenantYaml({ plan: "basic" }) })).rejects.toThrow(
    "plan basic has a volume of 10 GiB, and the tenant's has 50",
  );
});

test("a tenant that the earlier version ran is backed up before it is offboarded", async () => {
  const offboarded = tenantYaml({ plan: "pro", state: "offboarded", retainUntil: "2027-01-01" });
  expect((await after(renewed, { "acme.yaml": offboarded })).names).toContain("acme-final-backup");
  expect((await after(undefined, { "acme.yaml": offboarded })).names).not.toContain("acme-final-backup");
});

test("outputs that this version cannot read end the update", async () => {
  const tenants = { ...(renewed.tenants as object), acme: { state: ["active"] } };
  await expect(after({ ...renewed, tenants })).rejects.toThrow(
    /output `tenants`[\s\S]*tenants\.acme\.state[\s\S]*tenants\.acme\.dataProtected/,
  );
});
