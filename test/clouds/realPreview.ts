import { randomBytes } from "node:crypto";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse, stringify } from "yaml";
import { tencentCloudPackage } from "../../components/tencentcloud/package.ts";
import { type Engine, ensureEngine } from "../../embedded/engine/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { directLoopback } from "../../lib/system/proxy.ts";
import { run } from "../../lib/system/run.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { previewEvents } from "../../ops/review/events.ts";
import { stackPreview } from "../../ops/review/preview.ts";
import { engineKind } from "../../ops/stack/target.ts";
import packageJson from "../../package.json" with { type: "json" };
import { stackConfig, withoutPlaceholders } from "../fixtures/program.ts";
import type { CloudOfPreview } from "./answers.ts";
import { hostsOf } from "./answers.ts";
import { cloudsOnLoopback } from "./loopback.ts";

/** The official engine unless the environment says otherwise: a cloud's plugin has no stand-in. */
export const realEngine = (): Promise<Engine> =>
  ensureEngine({
    choice: engineKind(process.env.OPENCLAW_ENGINE || "official"),
    progress: terminalProgress(),
  });

/** Plugins that the engine would get by itself, of the versions that the program names. */
const cloudPlugins: readonly (readonly [name: string, version: string])[] = [
  ["alicloud", packageJson.dependencies["@pulumi/alicloud"]],
  [tencentCloudPackage.bridge.name, tencentCloudPackage.bridge.version],
];

/**
 * Gets both clouds' plugins and the provider that the bridge runs, so that a preview downloads nothing.
 *
 * @returns the schema of Tencent's provider
 */
export async function installCloudPlugins(engine: Engine): Promise<unknown> {
  const pulumi = (...args: string[]) => pulumiOf(engine, args, {});
  for (const [name, version] of cloudPlugins) {
    await pulumi("plugin", "install", "resource", name, version);
  }
  const { bridge, source, version } = tencentCloudPackage;
  const provider = source.split("/").slice(1).join("/");
  return JSON.parse(
    await pulumi("package", "get-schema", `${bridge.name}@${bridge.version}`, provider, version),
  );
}

export interface RealPreview {
  /** `type name` of each resource that would be created, as the golden inventory calls it. */
  readonly created: readonly string[];
  /** Steps that are no creation, which there should be none of. */
  readonly others: readonly string[];
  /** The errors of the engine, the program or a provider. */
  readonly message: string | undefined;
  readonly calls: readonly string[];
}

/**
 * Previews a stack of which nothing exists: its settings with every placeholder filled in, a state and a passphrase of
 * their own, made-up credentials, and no way to any cloud. Nothing in the repository is written.
 */
export async function realPreview(
  engine: Engine,
  stack: string,
  cloud: CloudOfPreview,
): Promise<RealPreview> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-clouds-"));
  await using loopback = await cloudsOnLoopback(hostsOf(cloud), cloud.answer);
  try {
    const certificates = join(folder, "clouds.pem");
    await writeFile(certificates, loopback.certificate);
    const environment = {
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(32).toString("base64url"),
      PULUMI_OPTION_CONFIG_FILE: await writeSettings(folder, stack),
    };
    await copyFile(join(repository, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    if (cloud.platform !== undefined) {
      await importPlatform(engine, folder, cloud.platform, environment);
    }
    await pulumiOf(engine, ["stack", "init", stack, "--cwd", folder], environment);
    const ended = await run(
      engine.cli,
      ["preview", "--stack", stack, "--json", "--non-interactive", "--color=never"],
      {
        cwd: repository,
        env: {
          ...environmentOf(engine),
          ...environment,
          ...cloud.environment,
          PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
          // Node's gRPC would take the name in small letters for the engine as well.
          HTTPS_PROXY: loopback.url,
          ...directLoopback({}),
          SSL_CERT_FILE: certificates,
        },
      },
    );
    const { message } = stackPreview(stack, ended, false);
    return { ...stepsOf(ended.stdout), message, calls: loopback.calls() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stepsOf(stdout: string): Pick<RealPreview, "created" | "others"> {
  const labels = previewEvents(stdout).steps.map(({ op, type, urn }) => ({
    isCreation: op === "create",
    isStack: type === "pulumi:pulumi:Stack",
    label: `${type} ${urn.split("::").slice(3).join("::")}`,
    op,
  }));
  return {
    created: labels
      .flatMap(({ isCreation, isStack, label }) => (isCreation && !isStack ? [label] : []))
      .sort(),
    others: labels.flatMap(({ isCreation, label, op }) => (isCreation ? [] : [`${op} ${label}`])).sort(),
  };
}

/** The committed settings without a placeholder, as the golden inventory has them. @returns the file */
async function writeSettings(folder: string, stack: string): Promise<string> {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const config = withoutPlaceholders(stackConfig(stack, { "openclaw:today": "2026-01-01" }));
  // The program gets every value as text; the engine wants to see what is in it, and takes a date without quotes for a time.
  const values = Object.entries(config).map(([key, text]) => [key, parse(text)]);
  await writeFile(
    file,
    stringify({ config: Object.fromEntries(values) }, { defaultStringType: "QUOTE_DOUBLE" }),
  );
  return file;
}

/** The stack that a cell reads its platform from, with these outputs and nothing else. */
async function importPlatform(
  engine: Engine,
  folder: string,
  { stack, outputs }: NonNullable<CloudOfPreview["platform"]>,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const file = join(folder, "platform.json");
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:${stack}::openclaw::${type}::openclaw-${stack}`;
  const deployment = {
    manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
    resources: [{ urn, custom: false, type, outputs }],
  };
  await writeFile(file, JSON.stringify({ version: 3, deployment }));
  const own = { ...environment, PULUMI_OPTION_CONFIG_FILE: join(folder, `Pulumi.${stack}.yaml`) };
  await pulumiOf(engine, ["stack", "init", stack, "--cwd", folder], own);
  await pulumiOf(engine, ["stack", "import", "--stack", stack, "--file", file, "--cwd", folder], own);
}

const environmentOf = (engine: Engine): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [...engine.path, join(repository, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  PULUMI_HOME: engine.pulumiHome,
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/** @throws Error with what Pulumi said, if it failed */
async function pulumiOf(
  engine: Engine,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, stdout, stderr } = await run(engine.cli, [...args, "--non-interactive"], {
    cwd: repository,
    env: { ...environmentOf(engine), ...environment },
  });
  if (code !== 0) {
    throw new Error(`pulumi ${args.join(" ")}: ${stderr.trim()}`);
  }
  return stdout;
}
