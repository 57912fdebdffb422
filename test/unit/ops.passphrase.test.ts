import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { Engine } from "../../embedded/engine/index.ts";
import { prepareStack, stackEnvironment } from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const engine: Engine = { cli: "true", path: [], pulumiHome: "/none", kind: "stand-in", description: "" };
const target = (kind: Target["kind"], folder = "/none"): Target => ({
  kind,
  stack: "dev",
  home: folder,
  folder,
});

afterEach(() => vi.unstubAllEnvs());

test.each(["embedded", "local"] as const)(
  "a stack with a state of its own (kind %s) is read by its own passphrase, whatever the user has set",
  (kind) => {
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "of another stack");
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", "/of/another/stack");
    expect(stackEnvironment(target(kind), engine)).toMatchObject({
      PULUMI_CONFIG_PASSPHRASE: undefined,
      PULUMI_CONFIG_PASSPHRASE_FILE: "/none/passphrase",
    });
  },
);

test("a stack in the user's own backend is read by the user's passphrase", () => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "mine");
  const environment = stackEnvironment(target("own"), engine);
  expect(environment.PULUMI_CONFIG_PASSPHRASE).toBe("mine");
  expect(environment).not.toHaveProperty("PULUMI_BACKEND_URL");
});

test("a stack's passphrase is made once, for its owner's eyes alone, and kept", async () => {
  using folder = temporaryFolder();
  const local = target("local", folder.path);
  const file = join(folder.path, "passphrase");
  await prepareStack(local, engine);
  const made = await readFile(file, "utf8");
  expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await prepareStack(local, engine);
  expect(await readFile(file, "utf8")).toBe(made);
  await writeFile(file, "of before", { mode: 0o644 });
  await prepareStack(local, engine);
  expect(await readFile(file, "utf8")).toBe("of before");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
