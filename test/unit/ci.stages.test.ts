import { execFileSync } from "node:child_process";
import { expect, test, vi } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { baseOfUpdate } from "../../ops/ci/applied.ts";
import { outputLines, stagesOf } from "../../ops/ci/stages.ts";
import type { FleetStack } from "../../settings/stacks.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const stack = (name: string, fields: Partial<FleetStack> = {}): FleetStack => ({
  stack: name,
  role: "cell",
  platform: "platform",
  clusterKind: "existing",
  domain: undefined,
  canary: false,
  tenantsFolder: `tenants/${name}`,
  maxTenants: 25,
  isPlaceholder: false,
  ...fields,
});

const fleet = [
  stack("a-cell"),
  stack("canary", { canary: true }),
  stack("dev", { role: "owner" }),
  stack("new-cell", { isPlaceholder: true }),
  stack("platform", { role: "owner", canary: true }),
];

test("platforms are before canaries, and canaries before the other cells", () => {
  expect(stagesOf(["a-cell", "canary", "platform"], fleet)).toEqual({
    platforms: ["platform"],
    canaries: ["canary"],
    cells: ["a-cell"],
  });
});

test("the embedded cluster's stack, and one that nobody has set up, are no business of CI", () => {
  expect(stagesOf(["dev", "new-cell"], fleet)).toEqual({ platforms: [], canaries: [], cells: [] });
});

test("a stack that was not chosen is in no stage", () => {
  expect(stagesOf(["canary"], fleet)).toEqual({ platforms: [], canaries: ["canary"], cells: [] });
});

test("a stack without settings is refused by its name", () => {
  expect(() => stagesOf(["gone"], fleet)).toThrow(/Pulumi\.gone\.yaml/);
});

test("the outputs are one line each, as GitHub reads them", () => {
  expect(outputLines({ platforms: ["p"], canaries: [], cells: ["a", "b"] })).toBe(
    'platforms=["p"]\ncanaries=[]\ncells=["a","b"]\nstacks=["p","a","b"]',
  );
});

/** A repository with the commits one ← two ← HEAD, and `aside` beside two. */
function history() {
  const folder = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder.path, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  const commit = (message: string) => {
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  const one = commit("one");
  git("checkout", "--quiet", "-b", "aside");
  const aside = commit("aside");
  git("checkout", "--quiet", "main");
  const two = commit("two");
  commit("three");
  return { folder, git, one, two, aside };
}

test("an update goes on from the commit of the last one that ended well", async () => {
  const { folder, one, two } = history();
  using _ = folder;
  expect(await baseOfUpdate(two, folder.path)).toBe(two);
  expect(await baseOfUpdate(one, folder.path)).toBe(one);
});

test("without an earlier update, or after a forced push, nothing is known to be up", async () => {
  const { folder, aside } = history();
  using _ = folder;
  expect(await baseOfUpdate(undefined, folder.path)).toBeUndefined();
  expect(await baseOfUpdate(aside, folder.path)).toBeUndefined();
  expect(await baseOfUpdate("0".repeat(40), folder.path)).toBeUndefined();
});

test("an old run that is started again must not take the stacks back", async () => {
  const { folder, git, one, two } = history();
  using _ = folder;
  git("checkout", "--quiet", "--detach", one);
  await expect(baseOfUpdate(two, folder.path)).rejects.toThrow(UserError);
});

test("a repository that git refuses does not mean that nothing is up", async () => {
  const { folder, two } = history();
  using _ = folder;
  vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
  try {
    await expect(baseOfUpdate(two, folder.path)).rejects.toThrow("detected dubious ownership");
  } finally {
    vi.unstubAllEnvs();
  }
});
