import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureEngine } from "../../embedded/engine/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { shellQuote } from "../../lib/terminal/quote.ts";
import { withoutPlaceholders } from "../fixtures/program.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { type ApiAnswer, type ApiQuestion, credentials, fakeApi } from "../fixtures/tencentcloud/api.ts";

/**
 * A create that fails after the cloud has made something, on the real engine with a plugin that forgets as Pulumi's
 * bridge to Terraform providers does; `npm run orphans` by its command line; and the command that it prints. The tests
 * build on each other, in this order.
 */
const stack = "tke-platform";
const folder = temporaryFolder();
const project = join(folder.path, "project");
const cloudFile = join(folder.path, "cloud.json");
const notCopied = new Set(["node_modules", ".git", ".local"]);

let cli: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  cpSync(repository, project, { recursive: true, filter: (path) => !notCopied.has(basename(path)) });
  symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
  folder.write("project/index.ts", 'import "./test/fixtures/tencentcloud/oneVpc.ts";\n');
  const settings = readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8");
  folder.write(`project/Pulumi.${stack}.yaml`, withoutPlaceholders({ settings }).settings ?? "");
  const plugin = join(repository, "test/fixtures/tencentcloud/forgetfulBridge.ts");
  const words = [process.execPath, plugin, cloudFile].map(shellQuote);
  folder.write("bin/pulumi-resource-terraform-provider", `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
  await run("chmod", ["+x", join(folder.path, "bin/pulumi-resource-terraform-provider")]);
  const engine = await ensureEngine({ choice: "stand-in", progress: silentProgress });
  cli = engine.cli;
  const path = [join(folder.path, "bin"), ...engine.path, join(repository, "node_modules/.bin")];
  environment = {
    ...process.env,
    PATH: [...path, process.env.PATH].join(delimiter),
    PULUMI_HOME: engine.pulumiHome,
    PULUMI_BACKEND_URL: `file://${folder.path}`,
    PULUMI_CONFIG_PASSPHRASE: "of this test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    OPENCLAW_LOCAL: join(folder.path, "local"),
  };
});
afterAll(() => folder[Symbol.dispose]());

const pulumi = (...args: string[]): Promise<RunResult> =>
  run(cli, [...args, "--stack", stack, "--non-interactive", "--color=never"], {
    cwd: project,
    env: environment,
    timeout: 120_000,
  });

const exported = async (): Promise<string> => (await pulumi("stack", "export")).stdout;

/** The cloud's answers: everything in the file, by its tags. */
function answer({ action }: ApiQuestion): ApiAnswer {
  const resources: Record<string, { tags: Record<string, string> }> = existsSync(cloudFile)
    ? JSON.parse(readFileSync(cloudFile, "utf8"))
    : {};
  switch (action) {
    case "HEAD":
      return { status: 404, json: {} };
    case "GetCallerIdentity":
      return { AccountId: "100012345678" };
    case "GetResources":
      return {
        ResourceTagMappingList: Object.entries(resources).map(([id, { tags }]) => ({
          Resource: `qcs::vpc:ap-guangzhou:uin/100012345678:vpc/${id}`,
          Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        })),
      };
    default:
      return { DBInstanceSet: [], InstanceSet: [] };
  }
}

async function orphans(...args: string[]): Promise<RunResult> {
  await using server = await fakeApi(answer);
  return await run(process.execPath, [join(project, "ops/main.ts"), "orphans", "--stack", stack, ...args], {
    cwd: project,
    env: {
      ...environment,
      TENCENTCLOUD_DOMAIN: new URL(server.url).host,
      TENCENTCLOUD_PROTOCOL: "HTTP",
      TENCENTCLOUD_COS_DOMAIN: server.url,
      TENCENTCLOUD_SECRET_ID: credentials.secretId,
      TENCENTCLOUD_SECRET_KEY: credentials.secretKey,
    },
    timeout: 60_000,
  });
}

test("a create that fails after the cloud has made something is forgotten by the engine", async () => {
  const made = await pulumi("stack", "init");
  expect(made.code, made.stderr).toBe(0);
  writeFileSync(`${cloudFile}.failing`, "");
  const { code, stdout, stderr } = await pulumi("up", "--yes", "--skip-preview");
  rmSync(`${cloudFile}.failing`);
  expect(code, stdout).not.toBe(0);
  expect(stdout, stderr).toContain("DescribeVpcs: timed out");
  expect(Object.keys(JSON.parse(readFileSync(cloudFile, "utf8")))).toEqual(["vpc-1"]);
  expect(await exported()).toContain("::tke");
  expect(await exported()).not.toContain("tke-vpc");
});

test("`npm run orphans` finds it, and the command that it prints takes it into the state for good", async () => {
  const { code, stdout, stderr } = await orphans("--json");
  expect(code, stderr).toBe(1);
  const { orphans: found, gaps } = JSON.parse(stdout);
  expect(gaps).toEqual([]);
  expect(found).toMatchObject([{ type: "Vpc", id: "vpc-1", resource: "tke-vpc", region: "ap-guangzhou" }]);

  const imported = await run("sh", ["-c", `${found[0].command} --yes --non-interactive`], {
    cwd: project,
    env: environment,
  });
  expect(imported.code, imported.stdout + imported.stderr).toBe(0);
  const { steps } = JSON.parse((await pulumi("preview", "--json")).stdout);
  const changes = steps.filter(
    ({ urn, op }: { urn: string; op: string }) => urn.endsWith("tke-vpc") && op !== "same",
  );
  expect(changes).toEqual([]);
});

test("then there is nothing left, and no credential was printed", async () => {
  const { code, stdout, stderr } = await orphans();
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`Nothing of ${stack} outside its state`);
  expect(stdout + stderr).not.toContain(credentials.secretId);
  expect(stdout + stderr).not.toContain(credentials.secretKey);
});
