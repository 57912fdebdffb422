import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { reviewOf } from "../../ops/review/collect.ts";
import { commentOf } from "../../ops/review/comment.ts";
import type { ChangedFile } from "../../ops/review/git.ts";
import type { StackPreview } from "../../ops/review/model.ts";
import { withoutAddresses } from "../../ops/review/privacy.ts";
import { previewStack } from "../../ops/review/runPreview.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { inspectTenants } from "../../tenants/load.ts";
import { gitRepository } from "../fixtures/gitRepository.ts";
import { fleetStack } from "../fixtures/review.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * Comments of pull requests, from what the real engine says of a cell that is up. Each test changes the tenant files,
 * previews, and puts them back: the cell stays as it was brought up. After a deliberate change of a comment:
 * npx vitest run --project engine test/engine/review.test.ts -u
 */
let cell: Cell;
/** Every credential that the cell's state holds: none of them may be in a review. */
let secrets: readonly string[];

const crowd = Array.from({ length: 11 }, (_, index) => `review-${String(index + 1).padStart(2, "0")}`);

/** Offboarded, and its data need not be kept any longer: nothing of it is protected. */
const expired = { state: "offboarded", retainUntil: "2026-01-01" } as const;

/** The files as they are when the cell is brought up. */
function writeAll(): void {
  for (const id of crowd) {
    cell.writeTenant(id, { displayName: `Customer ${id.slice(-2)}` });
  }
  cell.writeTenant("review-pro", { displayName: "Pro & Co.", plan: "pro" });
  cell.writeTenant("review-left", { displayName: "Left Long Ago", ...expired });
}

beforeAll(async () => {
  cell = await openCell("review");
  writeAll();
  await cell.up();
  const tokens: Record<string, string> = (await cell.outputs()).gatewayTokens;
  const credentials: Live = await cell.object("review-01", "secrets", "openclaw-credentials");
  secrets = [...Object.values(tokens), ...Object.values<string>(credentials.data)];
  expect(secrets.length).toBeGreaterThan(crowd.length);
});
afterAll(() => cell.close());

/** The review of a change of the tenant files. */
async function reviewed(change: () => unknown, policyPack?: string) {
  const before = inspectTenants(cell.folder);
  await change();
  const now = inspectTenants(cell.folder);
  const target = targetOf({ stack: cell.stack, embedded: true, tenants: cell.folder }, inject("engineHome"));
  const preview = await previewStack(target, policyPack, silentProgress);
  writeAll();
  const changed = [...new Set([...before.tenants, ...now.tenants].map(({ id }) => id))].map(
    (id): ChangedFile => ({ path: `tenants/${cell.stack}/${id}.yaml`, status: "modified" }),
  );
  const fleet = [fleetStack(cell.stack)];
  const commits = { mergeBase: "b".repeat(40), head: "a".repeat(40), hasUncommitted: false, files: changed };
  const review = reviewOf(
    "main",
    commits,
    { fleet, isRead: true, ...before },
    { fleet, isRead: true, ...now },
  );
  return withoutAddresses({ ...review, previews: [preview] });
}

/** A comment without what differs from run to run, or is not about this change. */
async function commentOn(change: () => unknown, policyPack?: string): Promise<string> {
  const review = await reviewed(change, policyPack);
  for (const secret of secrets) {
    expect(JSON.stringify(review)).not.toContain(secret);
  }
  const text = commentOf({ ...review, previews: review.previews.map(essence) })
    .replaceAll(relative(process.cwd(), cell.folder), `tenants/${cell.stack}`)
    .replaceAll(basename(cell.folder), "tenants-review".padEnd(basename(cell.folder).length, "-"))
    .replace(/\b[0-9a-f]{64}\b/g, "(checksum)")
    .replace(/(openclaw\.ai\/roots"\]: )"[\w-]{16}[^"]*"/g, '$1"(fingerprint)"');
  return `${text}\n`;
}

/** The inputs of new objects are in test/golden, and what a plugin warns of is its own affair. */
const essence = (preview: StackPreview): StackPreview => ({
  ...preview,
  warnings: [],
  changes: preview.changes.map((each) => (each.inputs === undefined ? each : { ...each, inputs: "…" })),
});

test("a new tenant", async () => {
  const text = await commentOn(
    () => cell.writeTenant("review-new", { displayName: "Newcomer | @everyone <b>" }),
    join(repository, "policy"),
  );
  await cell.removeTenant("review-new");
  await expect(text).toMatchFileSnapshot("review/new-tenant.md");
});

test("a larger plan", async () => {
  const text = await commentOn(() =>
    cell.writeTenant("review-01", { displayName: "Customer 01", plan: "pro" }),
  );
  await expect(text).toMatchFileSnapshot("review/plan-change.md");
});

test("a suspension", async () => {
  const text = await commentOn(() =>
    cell.writeTenant("review-pro", { displayName: "Pro & Co.", plan: "pro", state: "suspended" }),
  );
  await expect(text).toMatchFileSnapshot("review/suspension.md");
});

test("a rotation", async () => {
  const text = await commentOn(() =>
    cell.writeTenant("review-01", { displayName: "Customer 01", keyEpoch: 2 }),
  );
  await expect(text).toMatchFileSnapshot("review/rotation.md");
});

test("an offboarding", async () => {
  const text = await commentOn(() =>
    cell.writeTenant("review-01", {
      displayName: "Customer 01",
      state: "offboarded",
      retainUntil: "2999-12-31",
    }),
  );
  await expect(text).toMatchFileSnapshot("review/offboarding.md");
});

test("the end of a tenant whose data need not be kept any longer", async () => {
  const text = await commentOn(() => cell.removeTenant("review-left"));
  await expect(text).toMatchFileSnapshot("review/deletion.md");
});

test("a deleted file of an active tenant, which is refused", async () => {
  const text = await commentOn(() => cell.removeTenant("review-01"));
  await expect(text).toMatchFileSnapshot("review/refused-deletion.md");
});

test("a mass change", async () => {
  const text = await commentOn(() => {
    for (const id of crowd) {
      cell.writeTenant(id, { displayName: `Customer ${id.slice(-2)}`, state: "suspended" });
    }
  });
  await expect(text).toMatchFileSnapshot("review/mass-change.md");
});

/** A copy of the project in which a branch can be made. */
async function clone() {
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
  });
  const folder = gitRepository({ ".gitignore": "node_modules\n.local\n" });
  for (const name of stdout.split("\0").filter((path) => path !== "" && path !== "node_modules")) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await cp(join(repository, name), join(folder.path, name));
  }
  await symlink(join(repository, "node_modules"), join(folder.path, "node_modules"));
  folder.commit("the project");
  return folder;
}

test("npm run review on a branch that adds a tenant prints the comment", async () => {
  using project = await clone();
  project.git("switch", "--quiet", "--create", "branch");
  project.write("tenants/dev/newcomer.yaml", tenantYaml({ owner: "somebody@secret.example" }));
  project.commit("Add a tenant");
  using elsewhere = temporaryFolder();
  const out = join(elsewhere.path, "comment.md");
  const { code, stdout, stderr } = await run(
    process.execPath,
    [join(project.path, "tools/run.mjs"), "review", "--base", "main", "--out", out],
    { cwd: project.path, env: { ...process.env, OPENCLAW_LOCAL: inject("engineHome") }, timeout: 120_000 },
  );
  expect(code, stdout + stderr).toBe(0);
  const text = await readFile(out, "utf8");
  // Before: 551 + 268 + 1,152 + 5; a running basic is 268 more. The headline has every cell of the fleet in it.
  expect(text).toMatch(/## 1 tenant added, CNY [\d,.]+ → [\d,.]+ a month \(\+268\.00\)/);
  expect(text).toMatch(/\| \*whole cell\* +\| `dev` +\| 1,976\.00 \| 2,244\.00 \| \+268\.00 \|/);
  expect(text).toMatch(
    /\| `newcomer` +\| `Acme Trading` \| `dev` \| added: plan `basic`; users `1 user, 1 admin` \|/,
  );
  expect(text).toContain("+ Tenant acme, bluebird, corvus, dormant, newcomer\n");
  expect(text).not.toContain("secret.example");
});
