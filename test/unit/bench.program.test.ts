import { expect, test } from "vitest";
import { benchProgram } from "../../bench/program.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";

test("the program under the bench's mocks ends well, however large the cell", {
  timeout: 60_000,
}, async () => {
  const { tenants, seconds, peakMiB } = await benchProgram(3, 1, silentProgress);
  expect(tenants).toBe(3);
  expect(seconds).toBeGreaterThan(0);
  expect(peakMiB).toBeGreaterThan(50);
});
