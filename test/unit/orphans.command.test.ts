import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UsageError } from "../../lib/terminal/errors.ts";
import { main } from "../../ops/commands/orphans.ts";
import { runMain } from "../../ops/main.ts";
import { orphansHint } from "../../ops/stack/orphansHint.ts";

test("a failed update of a stack on Tencent Cloud points here, and no other does", () => {
  for (const stack of ["tke-platform", "tke-cell-01"]) {
    expect(orphansHint({ kind: "own", stack })).toEqual([
      expect.stringContaining(`npm run orphans -- --stack ${stack}`),
    ]);
    expect(orphansHint({ kind: "embedded", stack })).toEqual([]);
  }
  for (const stack of ["ack-platform", "dev", "nowhere"]) {
    expect(orphansHint({ kind: "own", stack })).toEqual([]);
  }
});

const variables = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"] as const;

beforeEach(() => {
  for (const name of variables) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

test.each([[[]], [["--region", "ap-guangzhou"]], [["--stack", "tke-platform", "--region", "Guangzhou 6"]]])(
  "%j is wrong usage",
  async (argv) => {
    await expect(main(argv)).rejects.toThrow(UsageError);
  },
);

test.each([
  [["--stack", "nowhere"], "There is no Pulumi.nowhere.yaml"],
  [["--stack", "tke-platform"], "still has placeholders"],
  [["--stack", "dev"], "kind existing"],
])("%j is refused before anything is asked", async (argv, message) => {
  await expect(main(argv)).rejects.toThrow(message);
});

test("wrong usage ends with exit code 2, and the command is in the list", async () => {
  const complain = vi.spyOn(console, "error").mockReturnValue();
  const print = vi.spyOn(console, "log").mockReturnValue();
  try {
    expect(await runMain(["orphans"])).toBe(2);
    expect(complain.mock.calls.flat().join()).toContain("--stack is required");
    expect(await runMain(["--help"])).toBe(0);
    expect(print.mock.calls.flat().join()).toContain("\n  orphans ");
  } finally {
    complain.mockRestore();
    print.mockRestore();
  }
});
