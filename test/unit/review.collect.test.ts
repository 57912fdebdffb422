import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { collectReview } from "../../ops/review/collect.ts";
import { changedFiles, changesSince, withFilesOf } from "../../ops/review/git.ts";
import { gitRepository } from "../fixtures/gitRepository.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const owner = `config:
  openclaw:cluster: { kind: existing, name: north, context: north }
  openclaw:platform: { domain: clouds.example }
`;
const cell = "config:\n  openclaw:platform: { stack: organization/openclaw/dev }\n";

/** Two stacks, dev and its cell north-01, with a tenant each. */
const fleet = () =>
  gitRepository({
    "Pulumi.dev.yaml": owner,
    "Pulumi.north-01.yaml": cell,
    "tenants/tenant.schema.json": "{}",
    "tenants/dev/acme.yaml": tenantYaml(),
    "tenants/north-01/bird.yaml": tenantYaml({ plan: "pro" }),
    "index.ts": "",
  });

describe("what has changed", () => {
  test("is what a branch has committed since it left its base, and what is not committed yet", async () => {
    using repository = fleet();
    repository.git("switch", "--quiet", "--create", "branch");
    repository.write("tenants/dev/new tenant.yaml", "");
    repository.remove("tenants/dev/acme.yaml");
    repository.commit("second");
    repository.git("switch", "--quiet", "main");
    repository.write("elsewhere.ts", "");
    repository.commit("what main did meanwhile");
    repository.git("switch", "--quiet", "branch");
    repository.write("index.ts", "changed");
    repository.write("untracked.ts", "");
    const changes = await changesSince("main", repository.path);
    expect(changes).toMatchObject({ mergeBase: repository.first, hasUncommitted: true });
    expect(changes.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: "index.ts", status: "modified" },
      { path: "tenants/dev/acme.yaml", status: "deleted" },
      { path: "tenants/dev/new tenant.yaml", status: "added" },
      { path: "untracked.ts", status: "added" },
    ]);
  });

  test("of a renamed file is one that is gone and one that is new", async () => {
    using repository = fleet();
    repository.git("mv", "tenants/dev/acme.yaml", "tenants/north-01/acme.yaml");
    const { files } = await changesSince("main", repository.path);
    expect(files).toEqual([
      { path: "tenants/dev/acme.yaml", status: "deleted" },
      { path: "tenants/north-01/acme.yaml", status: "added" },
    ]);
  });

  test("is relative to a project that is a folder of a larger repository", async () => {
    using repository = gitRepository({ "project/index.ts": "", "other/index.ts": "" });
    repository.write("project/index.ts", "1");
    repository.write("other/index.ts", "1");
    const changes = await changesSince("main", `${repository.path}/project`);
    expect(changes.files).toEqual([{ path: "index.ts", status: "modified" }]);
  });

  test("is nothing at the base itself", async () => {
    using repository = fleet();
    expect(await changesSince("main", repository.path)).toMatchObject({ hasUncommitted: false, files: [] });
  });

  test("may be listed in a file, as git prints it", () => {
    expect(changedFiles(["M", "index.ts", "D", "Pulumi.x.yaml"])).toEqual([
      { path: "index.ts", status: "modified" },
      { path: "Pulumi.x.yaml", status: "deleted" },
    ]);
    expect(() => changedFiles(["R100", "a"])).toThrow(/"R100" of a is no status; .*--no-renames/);
  });
});

describe("what cannot be compared is told with the remedy:", () => {
  const complaint = (base: string, folder: string): Promise<string> =>
    changesSince(base, folder).then(
      () => "",
      (error: unknown) => (error instanceof UserError ? error.message : `not a UserError: ${error}`),
    );

  test("a folder that is no repository", async () => {
    using folder = temporaryFolder();
    expect(await complaint("main", folder.path)).toMatch(/is no git repository.*Work in a clone/);
  });

  test("a repository that git refuses, in git's own words", async () => {
    using repository = fleet();
    vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    const text = await complaint("main", repository.path);
    vi.unstubAllEnvs();
    expect(text).toMatch(/^git rev-parse failed: fatal: detected dubious ownership in repository at /);
    expect(text).toContain("git config --global --add safe.directory");
    expect(text).not.toContain("is no git repository");
  });

  test("a repository that is damaged, in git's own words", async () => {
    using repository = fleet();
    repository.write(".git/config", "[core\n");
    expect(await complaint("main", repository.path)).toMatch(
      /^git rev-parse failed: fatal: bad config line 1/,
    );
  });

  test("a worktree whose repository is gone, in git's own words", async () => {
    using folder = temporaryFolder({ ".git": "gitdir: /nowhere/.git/worktrees/x\n" });
    expect(await complaint("main", folder.path)).toMatch(
      /^git rev-parse failed: fatal: not a git repository: \/nowhere/,
    );
  });

  test("a history with a hole, in git's own words", async () => {
    using repository = fleet();
    const [, second = ""] = ["1", "2", "3"].map((text) => {
      repository.write("index.ts", text);
      return repository.commit(text);
    });
    repository.remove(`.git/objects/${second.slice(0, 2)}/${second.slice(2)}`);
    expect(await complaint(repository.first, repository.path)).toMatch(
      /^git merge-base failed: (error|fatal): /,
    );
  });

  test("a base that is not there, and one that is there under its remote's name", async () => {
    using repository = fleet();
    expect(await complaint("trunk", repository.path)).toMatch(
      /no commit "trunk" here\. `git fetch origin trunk`/,
    );
    repository.git("update-ref", "refs/remotes/origin/trunk", "HEAD");
    expect(await complaint("trunk", repository.path)).toMatch(/Did you mean --base origin\/trunk\?/);
  });

  test("a base that looks like an option", async () => {
    using repository = fleet();
    expect(await complaint("--output=x", repository.path)).toMatch(/no commit "--output=x"/);
  });

  test("a shallow clone", async () => {
    using repository = fleet();
    repository.git("branch", "old");
    repository.write("index.ts", "1");
    repository.commit("second");
    using clones = temporaryFolder();
    const clone = `${clones.path}/clone`;
    const args = ["clone", "--quiet", "--depth=1", "--no-single-branch", `file://${repository.path}`, clone];
    execFileSync("git", args, { stdio: "pipe" });
    expect(await complaint("origin/old", clone)).toMatch(
      /is shallow: .*git fetch --unshallow.*fetch-depth: 0/,
    );
  });

  test("a base of another history", async () => {
    using repository = fleet();
    repository.git("switch", "--quiet", "--orphan", "alone");
    repository.write("index.ts", "");
    repository.commit("other");
    expect(await complaint("main", repository.path)).toMatch(/have no commit in common/);
  });
});

test("files of a commit are put where the working tree and the index stay as they are", async () => {
  using repository = fleet();
  repository.write("tenants/dev/acme.yaml", tenantYaml({ plan: "enterprise" }));
  repository.write("tenants/dev/staged.yaml", tenantYaml());
  repository.git("add", "tenants/dev/staged.yaml");
  const before = repository.git("status", "--porcelain");
  const names = await withFilesOf(repository.first, repository.path, (then) =>
    readdirSync(then, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml")),
  );
  expect(names.sort()).toEqual([
    "Pulumi.dev.yaml",
    "Pulumi.north-01.yaml",
    "tenants/dev/acme.yaml",
    "tenants/north-01/bird.yaml",
  ]);
  expect(repository.git("status", "--porcelain")).toBe(before);
});

describe("a review of files", () => {
  test("tells tenants before and after, their price, and the touched stacks", async () => {
    using repository = fleet();
    repository.write("tenants/dev/acme.yaml", tenantYaml({ state: "suspended" }));
    repository.write("tenants/north-01/new.yaml", tenantYaml());
    const { review } = await collectReview("main", repository.path);
    expect(review.touched.map(({ stack }) => stack)).toEqual(["dev", "north-01"]);
    expect(review.tenants.map(({ id, kind }) => [id, kind])).toEqual([
      ["acme", "suspended"],
      ["new", "added"],
    ]);
    // acme 268 → 5; bird stays at 551; new 268. In all 819 → 824.
    expect(review.prices.total).toEqual({ beforeCny: 819, afterCny: 824 });
    expect(review.problems).toBeUndefined();
  });

  test("of a cell on Tencent has Tencent's prices", async () => {
    using repository = gitRepository({
      "Pulumi.dev.yaml":
        "config:\n  openclaw:cluster: { kind: tke }\n  openclaw:platform: { domain: a.example }\n",
      "Pulumi.north-01.yaml": cell,
      "tenants/tenant.schema.json": "{}",
      "tenants/north-01/bird.yaml": tenantYaml(),
    });
    const { review } = await collectReview("main", repository.path);
    // 1 vCPU × 108 + 10 GiB × 0.50
    expect(review.prices.total.afterCny).toBe(113);
  });

  test("with a wrong file has its report, tells the others, and takes its tenant for neither removed nor new", async () => {
    using repository = fleet();
    repository.write("tenants/dev/acme.yaml", tenantYaml({ plan: "prro" }));
    repository.write("tenants/north-01/new.yaml", tenantYaml());
    const { review } = await collectReview("main", repository.path);
    expect(review.problems).toMatch(/acme\.yaml:\d+:\d+ {2}plan[\s\S]*did you mean "pro"/);
    expect(review.tenants.map(({ id, kind }) => [id, kind])).toEqual([["new", "added"]]);
  });

  test("that mends a file which was wrong at the base does not fail, and says what it cannot tell", async () => {
    using repository = fleet();
    repository.write("tenants/dev/acme.yaml", "plan: [");
    repository.commit("broken");
    repository.git("switch", "--quiet", "--create", "branch");
    repository.write("tenants/dev/acme.yaml", tenantYaml());
    const { review } = await collectReview("main", repository.path);
    expect(review.problems).toBeUndefined();
    expect(review.tenants).toEqual([]);
    expect(review.findings).toEqual([
      "The file of dev/acme was wrong before, so what changes for it is not told here.",
    ]);
  });

  test("without folders or settings at the base that can be read takes no tenant for new", async () => {
    using repository = gitRepository({
      "Pulumi.dev.yaml": "config: [",
      "tenants/dev/acme.yaml": tenantYaml(),
    });
    repository.write("Pulumi.dev.yaml", owner);
    const { review } = await collectReview("main", repository.path);
    expect(review.tenants).toEqual([]);
    expect(review.findings).toEqual([expect.stringMatching(/could not be read as they were before/)]);
  });

  test("with a tenant file that git ignores is refused: CI would never see it", async () => {
    using repository = fleet();
    repository.write("tenants/north-01/new.yaml", tenantYaml());
    expect((await collectReview("main", repository.path)).review.problems).toBeUndefined();
    repository.write(".git/info/exclude", "new.yaml\n.*\n");
    repository.write("tenants/north-01/.new.yaml.swp", "");
    const { review } = await collectReview("main", repository.path);
    expect(review.problems).toMatch(
      /^1 problem[\s\S]*north-01\/new\.yaml:1:1\n {2}found {5}a file that git ignores/,
    );
    expect(review.tenants).toEqual([]);
  });

  test("leaves a stack whose settings git ignores as well to whoever has it", async () => {
    using repository = fleet();
    repository.write(".git/info/exclude", "*mine*\n");
    repository.write("Pulumi.mine.yaml", cell);
    repository.write("tenants/mine/new.yaml", tenantYaml());
    expect((await collectReview("main", repository.path)).review.problems).toBeUndefined();
  });

  test("with settings that cannot be read has that as its report", async () => {
    using repository = fleet();
    repository.write("Pulumi.dev.yaml", "config: [");
    const { review } = await collectReview("main", repository.path);
    expect(review.problems).toMatch(/Pulumi\.dev\.yaml/);
    expect(review.tenants).toEqual([]);
  });
});
