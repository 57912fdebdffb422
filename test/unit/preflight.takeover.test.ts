import { describe, expect, test } from "vitest";
import type { FoundObject } from "../../components/cluster/reader.ts";
import type { Owner } from "../../components/ownerMark.ts";
import type { Found } from "../../components/preflight/found.ts";
import type { TenantRecord } from "../../components/preflight/lastUpdate.ts";
import { isAdopted, platformTakeover, takeoverOf } from "../../components/preflight/takeover.ts";

const owner: Owner = { stack: "dev", state: "0123456789ab" };
const ownMark = "dev/0123456789ab";
const robin = { id: "robin" };
const known: TenantRecord = { state: "active", dataProtected: true, encryptedRoots: true };

const object = (mark?: string, state = "active"): FoundObject => ({
  labels: mark === undefined ? {} : { "openclaw.ai/tenant": "robin", "openclaw.ai/state": state },
  annotations:
    mark === undefined
      ? {}
      : {
          "openclaw.ai/owned-by": mark,
          "openclaw.ai/incarnation": "aaaaaaaaaaaaaaaa",
          "openclaw.ai/display-name": "Robin & Co",
          "openclaw.ai/owner": "ops@robin.example",
        },
});

const text = (...args: Parameters<typeof takeoverOf>) => takeoverOf(...args).join("\n");

describe("a tenant that is new to the stack", () => {
  test("goes on if nothing is there", () => {
    expect(takeoverOf(robin, undefined, {}, owner)).toEqual([]);
  });

  test.each<[string, Found, string]>([
    ["namespace", { namespace: object() }, "the Namespace tenant-robin"],
    ["claim", { claim: object() }, "the PersistentVolumeClaim tenant-robin/openclaw-data"],
    ["Secret", { accounts: object() }, "the Secret openclaw-services/tenant-robin"],
  ])("is refused over a %s without a mark", (_, found, name) => {
    const refused = text(robin, undefined, found, owner);
    expect(refused).toContain(`There already: ${name}.`);
    expect(refused).toContain("somebody else made it, or a version of this program before 0.3");
    expect(refused).toContain("adopt: { from: unmarked, to: dev }");
  });

  test("is refused over another stack's, and over another state's of a stack of its name", () => {
    expect(text(robin, undefined, { namespace: object("second/zzzzzzzzzzzz") }, owner)).toContain(
      'Owner: the stack second, second/zzzzzzzzzzzz: "Robin & Co".',
    );
    expect(text(robin, undefined, { namespace: object("dev/zzzzzzzzzzzz") }, owner)).toContain(
      "another state of a stack dev, dev/zzzzzzzzzzzz",
    );
  });

  test("is told apart by the tenant's own display name, if it has one", () => {
    const { annotations } = object("second/zzzzzzzzzzzz");
    const strange: FoundObject = {
      labels: {},
      annotations: { ...annotations, "openclaw.ai/display-name": "Other" },
    };
    const refused = text(
      robin,
      undefined,
      { namespace: strange, claim: object("second/zzzzzzzzzzzz") },
      owner,
    );
    expect(refused).toContain('Owner: the stack second, second/zzzzzzzzzzzz: "Robin & Co".');
    const { "openclaw.ai/display-name": _, ...unnamed } = annotations;
    const namespace = { ...object("second/zzzzzzzzzzzz"), annotations: unnamed };
    expect(text(robin, undefined, { namespace }, owner)).toContain(
      "Owner: the stack second, second/zzzzzzzzzzzz.",
    );
  });

  test("is that of a tenant that was offboarded if one of its objects says so", () => {
    const found = { namespace: object(ownMark, "active"), accounts: object(ownMark, "offboarded") };
    expect(text(robin, undefined, found, owner)).toContain("of a tenant that was offboarded");
  });

  test("is refused over what is left of a tenant that was offboarded, with the way to delete it", () => {
    const refused = text(robin, undefined, { namespace: object(ownMark, "offboarded") }, owner);
    expect(refused).toContain(`this stack, ${ownMark}, of a tenant that was offboarded: "Robin & Co"`);
    expect(refused).toContain("npm run purge -- --tenant robin");
    // Its Secret alone would be enough: it opens the former tenant's backups.
    expect(takeoverOf(robin, undefined, { accounts: object(ownMark, "offboarded") }, owner)).not.toEqual([]);
  });

  test("goes on over what an update of this state made and did not come to record", () => {
    const found = {
      namespace: object(ownMark),
      claim: object(ownMark),
      accounts: object(ownMark, "suspended"),
    };
    expect(takeoverOf(robin, undefined, found, owner)).toEqual([]);
  });

  test("is refused in the preview of a first update, whatever the mark says", () => {
    const first: Owner = { stack: "dev", state: undefined };
    expect(takeoverOf(robin, undefined, { namespace: object(ownMark) }, first)).not.toEqual([]);
    expect(takeoverOf(robin, undefined, { namespace: object() }, first)).not.toEqual([]);
  });

  test("names no e-mail address: the text comes into review comments", () => {
    expect(text(robin, undefined, { namespace: object("second/zzzzzzzzzzzz") }, owner)).not.toContain("@");
  });
});

describe("an adoption", () => {
  const from = "second/zzzzzzzzzzzz";
  const adopting = (adopt: { from: string; to: string }) => ({ id: "robin", adopt });

  test("that names both owners lets the tenant take over", () => {
    const found = { namespace: object(from), claim: object(from) };
    expect(takeoverOf(adopting({ from, to: "dev" }), undefined, found, owner)).toEqual([]);
    expect(
      takeoverOf(adopting({ from: "unmarked", to: "dev" }), undefined, { namespace: object() }, owner),
    ).toEqual([]);
  });

  test.each([
    ["another mark", { from: "second/yyyyyyyyyyyy", to: "dev" }],
    ["another stack", { from, to: "third" }],
    ["no mark where there is one", { from: "unmarked", to: "dev" }],
  ])("that names %s does not", (_, adopt) => {
    const refused = text(adopting(adopt), undefined, { namespace: object(from) }, owner);
    expect(refused).toContain(`it must be from ${from} to dev`);
  });

  test("covers each object by its own mark", () => {
    const found = { namespace: object(from), claim: object() };
    expect(text(adopting({ from, to: "dev" }), undefined, found, owner)).toContain(
      "There already: the PersistentVolumeClaim",
    );
  });

  test("does not overwrite the key of backups of which nothing is known", () => {
    const { "openclaw.ai/incarnation": _, ...annotations } = object(from).annotations;
    const accounts = { ...object(from), annotations };
    expect(text(adopting({ from, to: "dev" }), undefined, { accounts }, owner)).toContain(
      "Put it aside first",
    );
    expect(takeoverOf(adopting({ from, to: "dev" }), undefined, { accounts: object(from) }, owner)).toEqual(
      [],
    );
  });
});

describe("a tenant that the last update knew", () => {
  test("goes on over its own, over what a version without marks made, and over nothing", () => {
    for (const namespace of [object(ownMark), object(), undefined]) {
      expect(takeoverOf(robin, known, { namespace }, owner)).toEqual([]);
    }
    expect(takeoverOf(robin, known, { namespace: object(ownMark, "offboarded") }, owner)).toEqual([]);
  });

  test("is refused once somebody else has taken it over", () => {
    expect(takeoverOf(robin, known, { namespace: object("dev/zzzzzzzzzzzz") }, owner)).not.toEqual([]);
  });
});

test("what a tenant has at the shared services may lack a mark if it was taken over, or older than marks", () => {
  const adopt = { from: "unmarked", to: "dev" };
  expect(isAdopted(robin, undefined, {})).toBe(false);
  expect(isAdopted({ ...robin, adopt }, undefined, {})).toBe(false);
  expect(isAdopted({ ...robin, adopt }, undefined, { namespace: object() })).toBe(true);
  expect(isAdopted(robin, known, {})).toBe(true);
  expect(isAdopted(robin, { ...known, incarnation: "a" }, {})).toBe(false);
  // Remembered, or the tenant's Job would run again with the next update.
  expect(isAdopted(robin, { ...known, incarnation: "a", adopted: true }, {})).toBe(true);
  expect(isAdopted({ ...robin, adopt }, { ...known, incarnation: "a", adopted: false }, {})).toBe(false);
});

describe("a namespace of the platform that is there already", () => {
  const claimant = { owner, hasRun: false };
  const refusals = (found: FoundObject | undefined, of: Parameters<typeof platformTakeover>[1]) =>
    platformTakeover({ name: "openclaw-services", holds: "everything", found }, of);
  const ofBeforeMarks: FoundObject = {
    labels: { "app.kubernetes.io/managed-by": "openclaw-tenants" },
    annotations: {},
  };

  test("is this stack's by its mark, or because a version without marks made it", () => {
    expect(refusals(undefined, claimant)).toEqual([]);
    expect(refusals(object(ownMark), claimant)).toEqual([]);
    expect(refusals(ofBeforeMarks, { ...claimant, hasRun: true })).toEqual([]);
  });

  test("is refused over another stack's, although the same program made it and this stack has run before", () => {
    const { annotations } = object("second/zzzzzzzzzzzz");
    const refused = refusals({ ...ofBeforeMarks, annotations }, { ...claimant, hasRun: true });
    expect(refused.join("\n")).toContain("Owner: the stack second, second/zzzzzzzzzzzz.");
  });

  test("is refused to a second clone, whose state is another", () => {
    for (const hasRun of [false, true]) {
      expect(refusals(object("dev/zzzzzzzzzzzz"), { owner, hasRun }).join("\n")).toMatch(
        /the Namespace openclaw-services, with everything\.[\s\S]*another state of a stack dev, dev\/zzzzzzzzzzzz\.[\s\S]*openclaw:adopt: \{ from: dev\/zzzzzzzzzzzz, to: dev \}/,
      );
    }
    expect(refusals(ofBeforeMarks, claimant)).not.toEqual([]);
  });

  test("is refused if somebody else made it, whether the stack has run before or not", () => {
    for (const hasRun of [false, true]) {
      expect(refusals({ labels: {}, annotations: {} }, { owner, hasRun }).join("\n")).toMatch(
        /no mark, so somebody else made it[\s\S]*adopt: \{ from: unmarked, to: dev \}/,
      );
    }
  });

  test("is taken over by a consent that names both owners", () => {
    const adopt = { from: "dev/zzzzzzzzzzzz", to: "dev" };
    expect(refusals(object("dev/zzzzzzzzzzzz"), { ...claimant, adopt })).toEqual([]);
    expect(refusals(object("dev/yyyyyyyyyyyy"), { ...claimant, adopt })).not.toEqual([]);
  });
});
