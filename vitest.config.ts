import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The node tests share a cluster, and one file removes it. */
class RemovalLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isRemoval = ({ moduleId }: TestSpecification) => moduleId.endsWith("/test/node/removal.test.ts");
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => Number(isRemoval(one)) - Number(isRemoval(other)));
  }
}

/** The tiers of docs/architecture.md: `npx vitest run --project unit`. */
export default defineConfig({
  test: {
    sequence: { sequencer: RemovalLast },
    projects: [
      // Some start programs, and a machine of two cores may be busy.
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "golden",
          include: ["test/golden/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "services",
          include: ["test/services/**/*.test.ts"],
          testTimeout: 120_000,
          // Nothing cached: packages, an S3 server to compile, an OpenClaw to install.
          hookTimeout: 1_200_000,
        },
      },
      // Skipped unless it is asked for: it downloads both clouds' plugins.
      {
        test: {
          name: "clouds",
          include: ["test/clouds/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 1_200_000,
        },
      },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          globalSetup: ["test/engine/globalSetup.ts"],
          // One cluster, one engine: files take turns.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "node",
          include: ["test/node/**/*.test.ts"],
          globalSetup: ["test/node/globalSetup.ts"],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
