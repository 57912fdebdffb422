import { defineConfig } from "vitest/config";

/** The tests that mutants are tried on: those that need no engine, cluster or server. Runs in a copy of the repository. */
export default defineConfig({
  test: {
    include: ["test/unit/**/*.test.ts", "test/golden/**/*.test.ts"],
    // A test's body runs once for every mutant of the code that it runs.
    testTimeout: 600_000,
    hookTimeout: 60_000,
    runner: "tools/mutants/testRunner.ts",
    // Processes, because tests change their folder and variables.
    pool: "forks",
  },
});
