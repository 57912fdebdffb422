import { expect, test } from "vitest";
import { fits } from "../../embedded/engine/find.ts";
import { describeEngine } from "../../embedded/engine/parts.ts";

test.each([
  ["3.259.0", true],
  ["v3.259.0", true],
  ["3.259.4", true],
  ["3.300.1-alpha.1", true],
  ["3.258.9", false],
  ["4.0.0", false],
  ["2.999.0", false],
  ["dev", false],
  ["", false],
])("a CLI of version %j beside the pinned 3.259.0: fits is %j", (version, expected) => {
  expect(fits(version, "3.259.0")).toBe(expected);
});

const cli = {
  path: "/opt/pulumi/pulumi",
  version: "3.260.1",
  languageHost: "/opt/pulumi/pulumi-language-nodejs",
};

test("the line of a wholly official engine names no stand-in", () => {
  const line = describeEngine({ cli, plugins: { kubernetes: "/k", random: "/r" } });
  expect(line).toMatch(
    /^engine: official pulumi 3\.260\.1 \(\/opt\/pulumi\/pulumi\); official kubernetes .*, random /,
  );
  expect(line).not.toContain("stand-in");
});

test("the line of a built engine names every stand-in", () => {
  expect(describeEngine({ plugins: {} })).toMatch(
    /^engine: pulumi \d.* built from Go modules; stand-in language host, kubernetes plugin, random plugin$/,
  );
});

test("the line of a mixed engine says which part is which", () => {
  const line = describeEngine({ cli, plugins: { kubernetes: "/k" } });
  expect(line).toContain("official kubernetes");
  expect(line).toContain("stand-in random plugin");
  expect(line).not.toContain("language host");
});
