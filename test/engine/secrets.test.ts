import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * Every text that an operator, a CI log or a backup gets to see, searched for every secret that really exists.
 * The tests build on each other, in this order.
 */
let cell: Cell;
/** What commands print, by command. */
const printed = new Map<string, string>();

beforeAll(async () => {
  cell = await openCell("secrets");
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

/** A value as it may appear: as it is, and in the encodings it is stored and passed on in. */
function spellings(value: Buffer): string[] {
  const text = value.toString();
  const encoded = [value.toString("base64"), value.toString("base64url"), value.toString("hex")];
  const whole = text.replace(/^sk-/, "");
  // What a base64 encoding has in common with that of a longer text.
  return [text, whole, ...encoded.map((each) => each.replace(/=+$/, ""))].filter((each) => each.length >= 16);
}

/** All that is secret now: the cluster's Secrets, the roots they are derived from, the passphrase. */
async function secrets(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const id of ["secret-a", "secret-b"]) {
    const { data } = await cell.object(id, "secrets", "openclaw-credentials");
    for (const [name, value] of Object.entries(data as Record<string, string>)) {
      found.set(`${name} of ${id}`, spellings(Buffer.from(value, "base64")));
    }
  }
  const { code, stdout } = await cell.pulumi("stack", "export", "--show-secrets");
  expect(code).toBe(0);
  for (const { urn, outputs } of JSON.parse(stdout).deployment.resources) {
    if (urn.includes("RandomBytes")) {
      const root = JSON.parse(outputs.base64.plaintext);
      found.set(`root of ${urn.split("::").at(-1)}`, spellings(Buffer.from(root, "base64")));
    }
  }
  found.set("passphrase", [(await readFile(join(inject("engineHome"), "passphrase"), "utf8")).trim()]);
  return found;
}

/** `secret in text` wherever one stands in the clear. */
function leaks(known: ReadonlyMap<string, readonly string[]>, texts: ReadonlyMap<string, string>): string[] {
  return [...known].flatMap(([name, values]) =>
    [...texts].flatMap(([where, text]) =>
      values.some((value) => text.includes(value)) ? [`${name} in ${where}`] : [],
    ),
  );
}

/** Every file of the state: checkpoints, their backups, the history. */
async function stateFiles(): Promise<Map<string, string>> {
  const folder = join(inject("engineHome"), "state");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.includes("secrets"));
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, await readFile(path, "utf8")] as const;
  });
  return new Map(await Promise.all(texts));
}

let known: Map<string, string[]>;

/** In more detail the engine logs what it receives as it is. The SDK would from -v=3 on; its messages are dropped. */
const mostDetailed = ["--logtostderr", "-v=3", "--debug"];

test("an update that logs in detail names no secret", async () => {
  expect(await record("preview", "--diff")).toBe(0);
  expect(await record("up", "--yes", "--skip-preview", "--diff", ...mostDetailed)).toBe(0);
  known = await secrets();
  // Of each tenant a token or password, a model key and three credentials of its backups, and two roots; three of data
  // services; the passphrase.
  expect(known.size).toBe(18);
  expect(leaks(known, printed)).toEqual([]);
});

test("the state keeps every secret encrypted, and its history does", async () => {
  const files = await stateFiles();
  expect([...files.keys()].filter((path) => path.includes("stacks"))).not.toEqual([]);
  expect(leaks(known, files)).toEqual([]);
});

test("no command that shows the stack shows a secret unless it is asked to", async () => {
  for (const args of [["output"], ["output", "--json"], ["export"], ["history", "--json"]] as const) {
    expect(await record("stack", ...args)).toBe(0);
  }
  expect(await record("preview", "--json")).toBe(0);
  expect(await record("refresh", "--preview-only", "--diff")).toBe(0);
  expect(leaks(known, printed)).toEqual([]);

  // The search does find what is there.
  const { stdout } = await cell.pulumi("stack", "output", "--json", "--show-secrets");
  expect(leaks(known, new Map([["outputs", stdout]]))).toEqual([
    "OPENCLAW_GATEWAY_TOKEN of secret-a in outputs",
    "OPENCLAW_GATEWAY_PASSWORD of secret-b in outputs",
  ]);
});

test("a rotation shows neither the old secrets nor the new ones", async () => {
  printed.clear();
  cell.writeTenant("secret-a", { dataServices: true, keyEpoch: 2 });
  for (const args of [["--diff"], ["--json"], ["--diff", "--show-replacement-steps"]]) {
    expect(await record("preview", ...args)).toBe(0);
  }
  expect(await record("up", "--yes", "--diff")).toBe(0);
  const rotated = await secrets();
  expect(rotated.get("TENANT_LLM_KEY of secret-a")).not.toEqual(known.get("TENANT_LLM_KEY of secret-a"));
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
  expect(await record("up", "--yes", "--skip-preview", "--diff", ...mostDetailed)).not.toBe(0);
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
