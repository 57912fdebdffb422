import { expect, test, vi } from "vitest";
import { runMain } from "../../ops/main.ts";
import packageJson from "../../package.json" with { type: "json" };
import packageLock from "../../package-lock.json" with { type: "json" };

const commands = Object.values(packageJson.scripts).flatMap(
  (script) => /^node tools\/run\.mjs (\S+)/.exec(script)?.[1] ?? [],
);

async function printed(...argv: string[]) {
  const print = vi.spyOn(console, "log").mockReturnValue();
  try {
    return { code: await runMain(argv), lines: print.mock.calls.flat() };
  } finally {
    print.mockRestore();
  }
}

const version = { code: 0, lines: [packageJson.version] };

test("the version is that of the lock file", () => {
  expect(packageLock.version).toBe(packageJson.version);
  expect(packageLock.packages[""].version).toBe(packageJson.version);
});

test("--version alone says the version", async () => {
  expect(await printed("--version")).toEqual(version);
});

test("every command says the version, and does nothing", async () => {
  expect(commands).toContain("up");
  for (const command of [...new Set(commands), "pipeline"]) {
    expect([command, await printed(command, "--version")]).toEqual([command, version]);
  }
});

test("--version behind -- is meant for another program", async () => {
  expect((await printed("check", "--help", "--", "--version")).lines.join("\n")).toMatch(
    /^usage: npm run check/,
  );
});
