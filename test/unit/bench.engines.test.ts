import { afterEach, beforeEach, expect, test } from "vitest";
import { type EngineFigures, enginesToBench } from "../../bench/engine.ts";
import { markdownReport } from "../../bench/report.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { bareMachine } from "../fixtures/pulumiHome.ts";

let machine: ReturnType<typeof bareMachine>;
beforeEach(() => {
  machine = bareMachine();
});
afterEach(() => machine[Symbol.dispose]());

test("the bench measures the engines that can be had, and refuses a chosen one that cannot", async () => {
  expect(await enginesToBench(undefined, silentProgress)).toEqual(["stand-in"]);
  await expect(enginesToBench("both", silentProgress)).rejects.toThrow("cannot be had");
  await expect(enginesToBench("official", silentProgress)).rejects.toThrow("cannot be had");
  machine.home.addCli();
  machine.home.addPlugin("kubernetes");
  machine.home.addPlugin("random");
  expect(await enginesToBench(undefined, silentProgress)).toEqual(["official", "stand-in"]);
  expect(await enginesToBench("both", silentProgress)).toEqual(["official", "stand-in"]);
  expect(await enginesToBench("official", silentProgress)).toEqual(["official"]);
  expect(await enginesToBench("stand-in", silentProgress)).toEqual(["stand-in"]);
});

const figures = (kind: EngineFigures["kind"], factor: number): EngineFigures => ({
  kind,
  engine: `engine: ${kind} pulumi 3.259.0 (/somewhere/pulumi)`,
  adding: [{ others: 25, preview: 2 * factor, up: 4 * factor, kubectl: 0.5 }],
  fromNothing: [{ tenants: 25, seconds: 20 * factor, stateMiB: factor }],
});
const program = [{ tenants: 100, seconds: 2, peakMiB: 400 }];

test("the table of two engines has a column of each, and says which is which", () => {
  const engines = [figures("official", 2), figures("stand-in", 1)];
  const report = markdownReport({ runs: 3, engines, program }, "A machine.");
  expect(report).toContain("official: official pulumi 3.259.0.\nstand-ins: stand-in pulumi 3.259.0.");
  expect(report).toContain("| `pulumi up`, official | `pulumi up`, stand-ins |");
  expect(report).toContain("| 25 | 4.00 | 2.00 | 8.00 | 4.00 | 0.50 | 16.0 | 8.0 |");
  expect(report).toContain("| 25 | 40.0 | 20.0 | 0.6 | 1.3 | 2.00 | 1.00 |");
});

test("the table of one engine names it too", () => {
  const report = markdownReport({ runs: 3, engines: [figures("stand-in", 1)], program }, "A machine.");
  expect(report).toContain("`pulumi preview`, stand-ins");
  expect(report).not.toContain("official");
});
