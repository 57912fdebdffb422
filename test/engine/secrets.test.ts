import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { reviewOf } from "../../ops/review/collect.ts";
import { commentOf } from "../../ops/review/comment.ts";
import { previewStack } from "../../ops/review/runPreview.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { inspectTenants } from "../../tenants/load.ts";
import { fleetStack } from "../fixtures/review.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * Every text that an operator, a CI log or a backup gets to see, searched for every secret that really exists.
 * The tests build on each other, in this order.
 */
let cell: Cell;
/** Output of commands, by command. */
const printed = new Map<string, string>();

beforeAll(async () => {
  // --event-log, and the backups that the embedded cluster's state does without.
  const more = { PULUMI_DEBUG_COMMANDS: "true", PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "false" };
  cell = await openCell("secrets", more);
  cell.writeTenant("secret-a", { dataServices: true });
  cell.writeTenant("secret-b", { auth: "trusted-proxy" });
});
afterAll(() => cell.close());

/** Runs Pulumi and keeps what it prints, whether it succeeds or not. */
async function record(command: string, ...args: string[]): Promise<number> {
  const { code, stdout, stderr } = await cell.pulumi(command, ...args);
  printed.set([command, ...args].join(" "), stdout + stderr);
  return code;
}

/** An update that logs in detail, with the log of its events. */
async function recordUp(): Promise<number> {
  const events = join(inject("engineHome"), "secrets-events.jsonl");
  try {
    const args = ["--yes", "--skip-preview", "--diff", "--event-log", events, ...mostDetailed];
    const code = await record("up", ...args);
    printed.set("up --event-log", await readFile(events, "utf8"));
    return code;
  } finally {
    await rm(events, { force: true });
  }
}

/** Records what `npm run review` reads from the engine, and what it makes of that. */
async function recordReview(): Promise<void> {
  const target = targetOf({ stack: cell.stack, embedded: true, tenants: cell.folder }, inject("engineHome"));
  const preview = await previewStack(target, undefined, silentProgress);
  expect(preview.outcome).toBe("previewed");
  const files = { fleet: [fleetStack(cell.stack)], isRead: true, ...inspectTenants(cell.folder) };
  const commits = { mergeBase: "b".repeat(40), head: "a".repeat(40), hasUncommitted: false, files: [] };
  const review = { ...reviewOf("main", commits, files, files), previews: [preview] };
  printed.set("review --json", JSON.stringify(review));
  printed.set("review", commentOf(review));
}

/** Pulumi on a stack that the cell's settings are not of: to read alone. */
const stackOf = (stack: string, ...args: string[]) =>
  run("pulumi", ["stack", ...args, "--stack", stack, "--non-interactive"], {
    cwd: repository,
    env: cell.env,
    timeout: 60_000,
  });

/** A value as it may appear: as it is, and in the encodings it is stored and passed on in. */
function spellings(text: string): string[] {
  const decoded = Buffer.from(text, "base64");
  // What a Secret holds.
  const isEncoded = decoded.toString("base64") === text;
  const values = isEncoded ? [Buffer.from(text), decoded] : [Buffer.from(text)];
  return [...new Set(values.flatMap(spellingsOf))].filter(isLong);
}

function spellingsOf(value: Buffer): string[] {
  const text = value.toString();
  const encoded = [value.toString("base64"), value.toString("base64url"), value.toString("hex")];
  const lines = text.includes("\n") ? text.split("\n").filter((line) => line.length > 40) : [text];
  // What a base64 encoding has in common with that of a longer text.
  return [...lines, text.replace(/^sk-/, ""), ...encoded.map((each) => each.replace(/=+$/, ""))];
}

/** Shorter ones are names. */
const isLong = (text: string): boolean => text.length >= 16;

/** The engine's mark of a secret: https://www.pulumi.com/docs/iac/concepts/secrets/ */
const signature = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** Keys of Secrets whose values everybody may know. */
const open = ["ca.crt", "tls.crt", "backup-access-key"];

/** Every string below a value that is marked as a secret, by its path. */
function* markedStrings(value: unknown, path: string, isMarked: boolean): Generator<[string, string]> {
  if (typeof value === "string") {
    if (isMarked && isLong(value) && !open.some((key) => path.endsWith(`.${key}`))) {
      yield [path, value];
    }
  } else if (typeof value === "object" && value !== null) {
    if (Reflect.get(value, signature[0]) === signature[1]) {
      yield* markedStrings(JSON.parse(`${Reflect.get(value, "plaintext")}`), path, true);
    } else {
      for (const [key, each] of Object.entries(value)) {
        yield* markedStrings(each, `${path}.${key}`, isMarked);
      }
    }
  }
}

/** All that the program says is secret now, of the cell and of its platform; and the passphrase. */
async function secrets(): Promise<Map<string, string[]>> {
  const byText = new Map<string, string>();
  for (const stack of [cell.stack, "dev"]) {
    const { code, stdout, stderr } = await stackOf(stack, "export", "--show-secrets");
    expect(code, stderr).toBe(0);
    for (const { urn, inputs, outputs } of JSON.parse(stdout).deployment.resources) {
      for (const [path, text] of markedStrings({ inputs, outputs }, urn.split("::").at(-1), false)) {
        byText.set(text, byText.get(text) ?? path);
      }
    }
  }
  byText.set((await readFile(join(inject("engineHome"), "passphrase"), "utf8")).trim(), "passphrase");
  return new Map([...byText].map(([text, path]) => [path, spellings(text)]));
}

/** `secret in text` wherever one stands in the clear. */
function leaks(known: ReadonlyMap<string, readonly string[]>, texts: ReadonlyMap<string, string>): string[] {
  return [...known].flatMap(([name, values]) =>
    [...texts].flatMap(([where, text]) =>
      values.some((value) => text.includes(value)) ? [`${name} in ${where}`] : [],
    ),
  );
}

/** Every file of the two stacks' states: checkpoints, their backups, the history. */
async function stateFiles(): Promise<Map<string, string>> {
  const folder = join(inject("engineHome"), "state");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /^(secrets|dev)\b/.test(entry.name));
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, await readFile(path, "utf8")] as const;
  });
  return new Map(await Promise.all(texts));
}

let known: Map<string, string[]>;

/** The highest log level at which the engine does not log what it receives. The SDK would from -v=3 on; its messages are dropped. */
const mostDetailed = ["--logtostderr", "-v=3", "--debug"];

test("an update that logs in detail names no secret", async () => {
  expect(await record("preview", "--diff")).toBe(0);
  expect(await recordUp()).toBe(0);
  known = await secrets();
  expect([...known.keys()]).toEqual(
    expect.arrayContaining([
      "secret-a-credential-root.outputs.result",
      "secret-a-credential-root.outputs.bcryptHash",
      "secret-b-backup-root.outputs.result",
      "services-tls-root.outputs.result",
      "services-cache-admin-password.outputs.result",
      "secret-a-credentials.inputs.data.TENANT_LLM_KEY",
      "secret-a-accounts.inputs.data.database-verifier",
      "passphrase",
    ]),
  );
  expect(leaks(known, printed)).toEqual([]);
});

test("the state keeps every secret encrypted, and its history and backups do", async () => {
  const files = await stateFiles();
  for (const kind of ["stacks", "history", "backups", ".bak"]) {
    expect([...files.keys()].filter((path) => path.includes(kind))).not.toEqual([]);
  }
  expect(leaks(known, files)).toEqual([]);
});

test("no command that shows the stack shows a secret unless it is asked to", async () => {
  for (const args of [["output"], ["output", "--json"], ["export"], ["history", "--json"]] as const) {
    expect(await record("stack", ...args)).toBe(0);
  }
  // The ids of resources, and the platform's, whose settings are not the cell's.
  expect(await record("stack", "--show-ids", "--show-urns")).toBe(0);
  for (const args of [["--show-ids"], ["export"], ["output", "--json"], ["history", "--json"]]) {
    const { code, stdout, stderr } = await stackOf("dev", ...args);
    expect(code, stderr).toBe(0);
    printed.set(`stack ${args.join(" ")} of dev`, stdout);
  }
  expect(await record("preview", "--json")).toBe(0);
  expect(await record("refresh", "--preview-only", "--diff")).toBe(0);
  await recordReview();
  expect(leaks(known, printed)).toEqual([]);

  // The search does find what is there, in the order of the state, which is that in which resources were made.
  const { stdout } = await cell.pulumi("stack", "output", "--json", "--show-secrets");
  expect(leaks(known, new Map([["outputs", stdout]])).toSorted()).toEqual([
    "openclaw-secrets.outputs.gatewayTokens.secret-a in outputs",
    "openclaw-secrets.outputs.gatewayTokens.secret-b in outputs",
    "secret-a-credentials.inputs.data.OPENCLAW_GATEWAY_TOKEN in outputs",
    "secret-b-credentials.inputs.data.OPENCLAW_GATEWAY_PASSWORD in outputs",
  ]);
});

test("a rotation shows neither the old secrets nor the new ones", async () => {
  printed.clear();
  cell.writeTenant("secret-a", { dataServices: true, keyEpoch: 2 });
  for (const args of [["--diff"], ["--json"], ["--diff", "--show-replacement-steps"]]) {
    expect(await record("preview", ...args)).toBe(0);
  }
  await recordReview();
  expect(await recordUp()).toBe(0);
  const rotated = await secrets();
  const key = "secret-a-credentials.inputs.data.TENANT_LLM_KEY";
  expect(rotated.get(key)).not.toEqual(known.get(key) ?? expect.unreachable());
  for (const each of [known, rotated]) {
    expect(leaks(each, printed)).toEqual([]);
    expect(leaks(each, await stateFiles())).toEqual([]);
  }
  known = rotated;
});

test("an update that fails on a Secret does not print it", async () => {
  printed.clear();
  const namespace = "--namespace=tenant-secret-b";
  // An immutable Secret of other data: what the update wants of it the API server refuses.
  const frozen = ["patch", "secret/openclaw-credentials", namespace, "--patch", '{"immutable":true}'];
  expect((await cell.kubectl(frozen)).code).toBe(0);
  cell.writeTenant("secret-b", { auth: "trusted-proxy", keyEpoch: 2 });
  expect(await recordUp()).not.toBe(0);
  expect([...printed.values()].join()).toMatch(/immutable/);
  // The root that the failed update has made is in the state by now.
  expect(leaks(await secrets(), printed)).toEqual([]);
  expect(leaks(await secrets(), await stateFiles())).toEqual([]);
});

test("in the cluster nothing but the Secrets holds a secret", async () => {
  const { code, stdout, stderr } = await cell.kubectl([
    ...["api-resources", "--verbs=list", "--namespaced", "--output=name"],
  ]);
  expect(code, stderr).toBe(0);
  const kinds = stdout
    .trim()
    .split("\n")
    .filter((kind) => kind !== "secrets" && !kind.startsWith("bindings"));
  const texts = [];
  for (const namespace of ["tenant-secret-a", "openclaw-services"]) {
    const where = `--namespace=${namespace}`;
    const { items } = await cell.json("get", kinds.join(","), where, "--show-managed-fields");
    texts.push(
      ...items.map(
        (object: Live) => [`${object.kind} ${object.metadata.name}`, JSON.stringify(object)] as const,
      ),
    );
  }
  const names = texts.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(["ConfigMap openclaw-config", "Job provision-secret-a-e2"]));
  expect(leaks(await secrets(), new Map(texts))).toEqual([]);
});
