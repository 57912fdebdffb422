import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { repository } from "../../lib/system/paths.ts";
import { unknownCommands } from "../fixtures/commandLines.ts";
import { some } from "../fixtures/some.ts";

/**
 * What must hold of every workflow, besides what actionlint finds. The form of the files is the schema's: no permission
 * that is not a job's, a limit to every job's time, no key that these tests do not know.
 */

const permissions = z.record(z.string(), z.enum(["read", "write", "none"]));
const concurrency = z.strictObject({
  group: z.string(),
  "cancel-in-progress": z.union([z.boolean(), z.string()]),
});
const environmentSchema = z.record(z.string(), z.string());
const stepSchema = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  run: z.string().optional(),
  env: environmentSchema.optional(),
});
const jobSchema = z.strictObject({
  needs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  if: z.string().optional(),
  strategy: z
    .strictObject({
      "max-parallel": z.number().optional(),
      "fail-fast": z.boolean(),
      matrix: z.strictObject({ stack: z.string() }),
    })
    .optional(),
  concurrency: concurrency.optional(),
  "runs-on": z.string(),
  "timeout-minutes": z.number(),
  environment: z.string().optional(),
  permissions,
  outputs: environmentSchema.optional(),
  env: environmentSchema.optional(),
  steps: z.array(stepSchema).min(1),
});
const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  concurrency,
  /** Its own way to start bash is without pipefail. */
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) }).optional(),
  jobs: z.record(z.string(), jobSchema),
});

const folder = join(repository, ".github", "workflows");
const texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
const workflow = (file: string) => workflowSchema.parse(parse(texts.get(file) ?? ""));
const files = [...texts.keys()];
const jobs = files.flatMap((file) =>
  Object.entries(workflow(file).jobs).map(([name, job]) => ({ name: `${file} ${name}`, file, job })),
);
const steps = jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ job: name, step })));
const named = (wanted: (job: z.infer<typeof jobSchema>) => boolean) =>
  jobs.filter(({ job }) => wanted(job)).map(({ name }) => name);
const logsIn = ({ steps: all }: z.infer<typeof jobSchema>) =>
  all.some(({ run }) => run?.includes("pipeline login"));

test("the workflows are the five that docs/ci.md describes", () => {
  expect(files.toSorted()).toEqual(["drift.yml", "official.yml", "preview.yml", "test.yml", "up.yml"]);
});

describe.each(files)("%s", (file) => {
  test("ends by itself, each job within two hours", () => {
    for (const job of Object.values(workflow(file).jobs)) {
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(120);
    }
  });

  test("does not run with the base's rights for what somebody else has written", () => {
    for (const trigger of some(Object.keys(workflow(file).on))) {
      expect(["push", "pull_request", "schedule", "workflow_dispatch"]).toContain(trigger);
    }
  });

  test("pins every action by its commit, with the version beside it", () => {
    const lines = (texts.get(file) ?? "").split("\n").filter((line) => /^\s*(- )?uses:/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });
});

test("an action has one version in all workflows", () => {
  const used = new Set(steps.flatMap(({ step }) => step.uses ?? []));
  const actions = [...used].map((uses) => uses.split("@")[0]);
  expect(new Set(actions).size).toBe(actions.length);
});

test("nothing is written into a script: values arrive as variables", () => {
  for (const { job, step } of some(steps)) {
    expect(step.run ?? "", job).not.toContain("${{");
  }
});

test("no checkout leaves its token behind", () => {
  const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
  expect(checkouts.length).toBe(jobs.length);
  for (const { job, step } of checkouts) {
    expect(step.with?.["persist-credentials"], job).toBe(false);
  }
});

test("every job says what it may, and may write only what it is there for", () => {
  const writes = jobs.flatMap(({ name, job }) =>
    Object.entries(job.permissions).flatMap(([what, how]) => (how === "write" ? `${name}: ${what}` : [])),
  );
  expect(writes.toSorted()).toEqual([
    "drift.yml compare: id-token",
    "drift.yml issues: issues",
    "preview.yml comment: pull-requests",
    "preview.yml preview: id-token",
    "up.yml canaries: id-token",
    "up.yml cells: id-token",
    "up.yml platforms: id-token",
  ]);
});

test("a job may have an OIDC token if it logs in with it, and then it is in an environment", () => {
  const mayAsk = named((job) => job.permissions["id-token"] === "write");
  expect(named(logsIn)).toEqual(mayAsk);
  expect(named((job) => job.environment !== undefined)).toEqual(mayAsk);
});

test("a job with an environment works on one stack, with the official engine", () => {
  for (const { name, job } of some(jobs.filter((each) => each.job.environment !== undefined))) {
    expect(job.env, name).toMatchObject({ STACK: `\${{ matrix.stack }}`, OPENCLAW_ENGINE: "official" });
  }
});

test("secrets are given to steps, in jobs with an environment", () => {
  for (const { name, job } of jobs) {
    expect(JSON.stringify(job.env ?? {}), name).not.toContain("secrets.");
    if (job.environment === undefined) {
      expect(JSON.stringify(job.steps), name).not.toContain("secrets.");
    }
  }
  expect([...texts.values()].join()).not.toMatch(/secrets:\s*inherit|toJSON\(secrets\)/);
});

describe("a pull request from a fork", () => {
  const guard = "github.event.pull_request.head.repo.full_name == github.repository";
  const forForks = jobs.filter(
    ({ file, job }) => "pull_request" in workflow(file).on && !job.if?.includes(guard),
  );

  test("gets the tests and the check of the files", () => {
    expect(forForks.map(({ name }) => name).toSorted()).toEqual(["preview.yml check", "test.yml test"]);
  });

  test("gets no secret, no token of worth, and no machine of ours", () => {
    for (const { name, job } of forForks) {
      expect(job.permissions, name).toEqual({ contents: "read" });
      expect(job.environment, name).toBeUndefined();
      expect(job["runs-on"], name).toBe("ubuntu-24.04");
      expect(JSON.stringify(job), name).not.toMatch(/secrets\.|github\.token|vars\./);
    }
  });

  test("is treated as one of a bot that brings others' code, which nobody has read", () => {
    // The comment's job waits for the text, which these make.
    const guarded = jobs.filter(({ job }) => job.if?.includes(guard) && !job.if.includes("needs.render"));
    expect(guarded.map(({ name }) => name)).toEqual(["preview.yml preview", "preview.yml render"]);
    for (const { name, job } of guarded) {
      const bots = `!contains(fromJSON('["dependabot[bot]", "renovate[bot]"]'), github.event.pull_request.user.login)`;
      expect(job.if, name).toContain(bots);
    }
  });

  test("the guard is a whole condition, not one of several that suffice", () => {
    for (const { name, job } of some(jobs.filter(({ job }) => job.if?.includes(guard)))) {
      expect(job.if, name).not.toContain("||");
    }
  });
});

test("what may write to a pull request runs the code of its base", () => {
  const [checkout] = workflow("preview.yml").jobs.comment?.steps ?? [];
  expect(checkout?.with?.ref).toBe(`\${{ github.event.pull_request.base.sha }}`);
});

describe("up.yml", () => {
  const { jobs: stages, concurrency: turns } = workflow("up.yml");
  const order = ["platforms", "canaries", "cells"] as const;

  test("applies stack by stack and ends at the first that fails", () => {
    for (const stage of order) {
      expect(stages[stage]?.strategy).toMatchObject({ "max-parallel": 1, "fail-fast": true });
      const commands = stages[stage]?.steps.flatMap(({ run }) => run ?? []) ?? [];
      expect(commands.map((command) => command.split(" ").slice(2, 4).join(" "))).toEqual([
        "pipeline login",
        "up --stack",
        "status --check",
      ]);
    }
  });

  test.each(order)("%s wait for every stage before, and for none of them to have failed", (stage) => {
    const before = order.slice(0, order.indexOf(stage));
    expect(stages[stage]?.needs).toEqual(["plan", ...before]);
    for (const earlier of before) {
      expect(stages[stage]?.if).toContain(
        `contains(fromJSON('["success", "skipped"]'), needs.${earlier}.result)`,
      );
    }
    expect(stages[stage]?.if).toContain(`needs.plan.outputs.${stage} != '[]'`);
  });

  test("never works on a stack twice at a time, and never breaks an update off", () => {
    for (const stage of order) {
      expect(stages[stage]?.concurrency).toEqual({
        group: `stack-\${{ matrix.stack }}`,
        "cancel-in-progress": false,
      });
    }
    expect(turns["cancel-in-progress"]).toBe(false);
  });

  test("asks for approval by the kind of stack", () => {
    expect(order.map((stage) => stages[stage]?.environment)).toEqual(["platform", "cell", "cell"]);
  });

  test("applies what is on main, whatever branch it is started from", () => {
    expect(stages.plan?.if).toBe("github.ref == 'refs/heads/main'");
  });
});

describe("test.yml", () => {
  const [job] = Object.values(workflow("test.yml").jobs);
  const indexOf = (wanted: (step: z.infer<typeof stepSchema>) => boolean) =>
    job?.steps.findIndex(wanted) ?? -1;
  const tests = indexOf(({ run }) => run?.endsWith(" .ci/run") === true);
  const cache = indexOf(({ uses }) => uses?.startsWith("actions/cache@") === true);

  test("runs the tests as root, with the user's own folders and PATH: else those in real pods are skipped", () => {
    expect(job?.steps[tests]?.run).toBe('sudo --preserve-env env "HOME=$HOME" "PATH=$PATH" .ci/run');
  });

  test("keeps what is compiled and downloaded, by every version and lock file that it depends on", () => {
    expect(cache).toBeGreaterThan(-1);
    expect(cache).toBeLessThan(tests);
    const { path = "", key = "" } = job?.steps[cache]?.with ?? {};
    expect(`${path}`.trim().split("\n")).toEqual([
      "~/.cache/openclaw-tenants/binaries",
      "~/.cache/openclaw-tenants/official",
      "~/.npm",
    ]);
    const [, hashed = ""] = /hashFiles\((.*?)\)/.exec(`${key}`) ?? [];
    for (const file of [
      "embedded/versions.ts",
      "embedded/go/**/go.sum",
      "embedded/standin/**",
      "package-lock.json",
    ]) {
      expect(hashed).toContain(`'${file}'`);
    }
  });

  test("gives it back to the user who saves it, however the tests end", () => {
    expect(job?.steps[tests + 1]).toEqual({
      if: "always()",
      run: 'sudo chown --recursive "$(id -u):$(id -g)" ~/.cache ~/.npm',
    });
  });
});

describe("official.yml", () => {
  const official = workflow("official.yml");
  const scripts = (name: string) => official.jobs[name]?.steps.flatMap(({ run }) => run ?? []) ?? [];

  test("runs for what was merged, and asks for nothing but the clone", () => {
    expect(official.on).toEqual({ push: { branches: ["main"] }, workflow_dispatch: null });
    for (const [name, job] of some(Object.entries(official.jobs))) {
      expect(job.permissions, name).toEqual({ contents: "read" });
      expect(JSON.stringify(job), name).not.toMatch(/secrets\.|vars\.|github\.token/);
    }
  });

  test("takes the official engine or none, in every job", () => {
    for (const [name, job] of some(Object.entries(official.jobs))) {
      const chosen = scripts(name).some((script) => script.includes("--engine official"));
      expect(chosen || job.env?.OPENCLAW_ENGINE === "official", name).toBe(true);
    }
  });

  test("runs the tests that an engine matters to, and the previews that are skipped elsewhere", () => {
    const projects = (name: string) =>
      scripts(name).flatMap((text) => [...text.matchAll(/--project (\w+)/g)]);
    const named = (name: string) => projects(name).map(([, project]) => project);
    expect(named("test")).toEqual(["unit", "golden", "engine"]);
    expect(named("clouds")).toEqual(["clouds"]);
    expect(official.jobs.clouds?.env?.OPENCLAW_CLOUD_PREVIEWS).toBe("1");
    const known = readFileSync(join(repository, "vitest.config.ts"), "utf8");
    for (const project of [...named("test"), ...named("clouds")]) {
      expect(known).toContain(`name: "${project}"`);
    }
  });

  test("keeps the states that it recorded", () => {
    const upload = official.jobs.states?.steps.find(({ uses }) =>
      uses?.startsWith("actions/upload-artifact@"),
    );
    const out = /--out "\$RUNNER_TEMP\/(\w+)"/.exec(scripts("states").join("\n"))?.[1];
    expect(upload?.with?.path).toBe(`\${{ runner.temp }}/${out}`);
  });
});

test("an empty list of stacks starts no matrix", () => {
  const matrices = jobs.filter(({ job }) => job.strategy !== undefined);
  expect(matrices.length).toBe(5);
  for (const { name, job } of matrices) {
    const [, output] = /fromJSON\((needs\.\S+)\)/.exec(job.strategy?.matrix.stack ?? "") ?? [];
    expect(output, name).toBeDefined();
    expect(job.if, name).toContain(`${output} != '[]'`);
  }
});

test("every command that is called exists and knows the options it is given", async () => {
  const scripts = steps.flatMap(({ step }) => step.run ?? []);
  expect(await unknownCommands(scripts)).toEqual([]);
});
