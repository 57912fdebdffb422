import { globSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { versions } from "../../embedded/versions.ts";
import { repository } from "../../lib/system/paths.ts";

/** The parts of .github/renovate.json that must fit the repository. Its own schema checks its form. */

const read = (path: string) => readFileSync(join(repository, path), "utf8");

const renovate = z
  .object({
    enabledManagers: z.array(z.string()),
    ignorePaths: z.array(z.string()),
    rangeStrategy: z.string(),
    minimumReleaseAge: z.string(),
    internalChecksFilter: z.string(),
    extends: z.array(z.string()),
    customManagers: z.array(
      z.object({ managerFilePatterns: z.array(z.string()), matchStrings: z.array(z.string()) }),
    ),
  })
  .parse(JSON.parse(read(".github/renovate.json")));

const filesCalled = (pattern: string): string[] =>
  globSync(pattern, {
    cwd: repository,
    exclude: (name) => ["node_modules", ".local", ".git"].includes(name),
  });
const ofManager = {
  npm: filesCalled("**/package.json"),
  gomod: filesCalled("**/go.mod"),
  "github-actions": filesCalled(".github/workflows/*.yml"),
};

test.each(Object.entries(ofManager))("every file of %s is looked at", (manager, paths) => {
  expect(paths.length).toBeGreaterThan(0);
  expect(renovate.enabledManagers).toContain(manager);
  // What is said here replaces what config:recommended ignores, which is every folder called test.
  const ignored = paths.filter((path) => renovate.ignorePaths.some((glob) => matchesGlob(path, glob)));
  expect(ignored).toEqual([]);
});

test("versions are exact, and none of the last days", () => {
  expect(renovate.rangeStrategy).toBe("pin");
  expect(renovate.extends).toContain("helpers:pinGitHubActionDigests");
  expect(renovate.minimumReleaseAge).toMatch(/^([3-9]|\d{2}) days$/);
  expect(renovate.internalChecksFilter).toBe("strict");
});

test("every version in embedded/versions.ts is found, but for two that change with a file of their own", () => {
  const text = read("embedded/versions.ts");
  const found = renovate.customManagers.flatMap(({ managerFilePatterns, matchStrings }) => {
    expect(managerFilePatterns).toEqual(["/^embedded/versions\\.ts$/"]);
    return matchStrings.flatMap((pattern) =>
      [...text.matchAll(new RegExp(pattern, "g"))].map(({ groups }) => groups?.currentValue),
    );
  });
  const { plugins, cloudPlugins, terraformProvider: _, ...others } = versions;
  const wanted = [...Object.values(plugins), cloudPlugins.alicloud, ...Object.values(others)];
  expect(found.toSorted()).toEqual(wanted.toSorted());
});
