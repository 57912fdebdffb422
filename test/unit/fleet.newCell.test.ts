import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { assertNewCell, cellFromOwner, cellFromSibling, cellSource } from "../../ops/fleet/newCell.ts";
import { fleetStack } from "../../settings/stacks.ts";

const sibling = `# Which cloud, and why.
encryptionsalt: v1:abc
config:
  # The cluster's own stack.
  openclaw:platform: { stack: acme/openclaw/north }
  openclaw:maxTenants: 40 # measured
  openclaw:canary: true
  openclaw:tenants: customers/first
  alicloud:region: cn-shanghai
  alicloud:secretKey:
    secure: v1:xyz
`;
const owner = `config:
  openclaw:cluster: { kind: existing, name: north, context: north }
  openclaw:platform: { domain: clouds.example }
  openclaw:instance:
    # pinned
    image: ghcr.io/openclaw/openclaw:2026.9.6
`;
const fleet = [
  fleetStack("north", owner),
  fleetStack("north-01", sibling),
  fleetStack("north-02", sibling.replace("customers/first", "tenants/taken")),
  fleetStack("south", owner),
];

describe("the settings of a new cell", () => {
  test("are its sibling's, with the comments, but for what is the sibling's own", () => {
    expect(cellFromSibling(sibling)).toEqual({
      text: `# Which cloud, and why.

config:
  # The cluster's own stack.
  openclaw:platform: { stack: acme/openclaw/north }
  openclaw:maxTenants: 40 # measured
  alicloud:region: cn-shanghai
`,
      secrets: ["alicloud:secretKey"],
    });
  });

  test("without a sibling name the platform, and take the instances of its stack", () => {
    const { text } = cellFromOwner("north", owner);
    expect(parse(text)).toEqual({
      config: {
        "openclaw:platform": { stack: "<organization>/openclaw/north" },
        "openclaw:instance": { image: "ghcr.io/openclaw/openclaw:2026.9.6" },
      },
    });
    expect(text).toContain("# pinned");
    expect(fleetStack("x", text)).toMatchObject({ role: "cell", platform: "north", isPlaceholder: true });
  });

  test("of a cell beside dev need nobody to fill them in", () => {
    const { text } = cellFromOwner("dev", owner);
    expect(fleetStack("x", text)).toMatchObject({ platform: "dev", isPlaceholder: false });
  });
});

describe("what a new cell is made from", () => {
  test("is the cell that was named, or the first of the platform, or the platform's own stack", () => {
    expect(cellSource(fleet, { from: "north-02" })).toMatchObject({
      kind: "sibling",
      stack: { stack: "north-02" },
    });
    expect(cellSource(fleet, { platform: "north" })).toMatchObject({
      kind: "sibling",
      stack: { stack: "north-01" },
    });
    expect(cellSource(fleet, { platform: "south" })).toMatchObject({
      kind: "owner",
      stack: { stack: "south" },
    });
  });

  test.each([{}, { from: "north-01", platform: "north" }])("is wrong usage with %j", (given) => {
    expect(() => cellSource(fleet, given)).toThrow(UsageError);
  });

  test.each([
    [{ from: "north" }, /--platform north/],
    [{ platform: "north-01" }, /--from north-01/],
    [{ from: "east" }, /There is no Pulumi\.east\.yaml.*north, north-01/],
    [{ platform: "east" }, /There is no Pulumi\.east\.yaml/],
  ])("is refused with %j and what to write instead", (given, message) => {
    expect(() => cellSource(fleet, given)).toThrow(message);
    expect(() => cellSource(fleet, given)).toThrow(UserError);
  });
});

describe("the name of a new cell", () => {
  const none = { settings: false, folder: false };

  test("is fine if nothing has it", () => {
    expect(() => assertNewCell("north-03", fleet, none)).not.toThrow();
  });

  test.each(["", "../x", "a/b", "-a", "a-", "a b", "x".repeat(64)])("is not %j", (name) => {
    expect(() => assertNewCell(name, fleet, none)).toThrow(/A cell's name is 1 to 63/);
  });

  test("is not that of a cell that is there, or half there", () => {
    const refusal = (settings: boolean, folder: boolean) => () =>
      assertNewCell("c", fleet, { settings, folder });
    expect(refusal(true, true)).toThrow(
      "The cell c is there: Pulumi.c.yaml and tenants/c. Nothing is changed.",
    );
    expect(refusal(true, false)).toThrow(/half made: there is Pulumi\.c\.yaml, but no tenants\/c\./);
    expect(refusal(false, true)).toThrow(/half made: there is tenants\/c, but no Pulumi\.c\.yaml\./);
  });

  test("is not that of a folder which another stack has by openclaw:tenants", () => {
    expect(() => assertNewCell("taken", fleet, none)).toThrow(/tenants\/taken is the folder of north-02/);
  });
});
