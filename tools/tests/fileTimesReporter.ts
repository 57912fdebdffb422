import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { type FileTime, fileTimesVariable } from "./fileTimes.ts";

/** Reporter of vitest that writes down how long each file took with its hooks, which the report in JSON leaves out. */
export default class FileTimesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env[fileTimesVariable];
    if (file === undefined) {
      return;
    }
    const times: FileTime[] = modules.map((module) => ({
      tier: module.project.name,
      file: module.moduleId,
      milliseconds: module.diagnostic().duration,
    }));
    writeFileSync(file, JSON.stringify(times));
  }
}
