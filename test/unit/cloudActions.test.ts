import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { callsOf, camAction, ramAction, reads } from "../fixtures/cloudActions/actions.ts";
import exceptions from "../fixtures/cloudActions/exceptions.json" with { type: "json" };
import further from "../fixtures/cloudActions/further.json" with { type: "json" };
import { some } from "../fixtures/some.ts";

/** What the real providers called, against what the permission documents allow: test/fixtures/cloudActions/README.md. */
const root = join(import.meta.dirname, "../..");

const recorded = (name: string): string[] =>
  callsOf(readFileSync(join(root, `test/fixtures/cloudActions/${name}.txt`), "utf8"));

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const ram = z.object({ Statement: z.array(z.object({ Action: texts })) });
const cam = z.object({ statement: z.array(z.object({ action: texts })) });

/** What a document allows: `ram/ack-cell`. */
function allowed(document: string): string[] {
  const content: unknown = JSON.parse(readFileSync(join(root, `docs/${document}.json`), "utf8"));
  return document.startsWith("ram/")
    ? ram.parse(content).Statement.flatMap(({ Action }) => Action)
    : cam.parse(content).statement.flatMap(({ action }) => action);
}

const documents = ["ack-platform", "ack-cell", "ack-preview"]
  .map((name) => `ram/${name}`)
  .concat(["ci-platform", "ci-cell", "ci-preview"].map((name) => `cam/${name}`));

const isGoverned = (action: string): boolean => !(action in exceptions.notAllowed);

/** The actions of a recording that some document must allow. */
const needed = (recording: string): string[] =>
  recorded(recording)
    .map(recording.startsWith("ack-") ? ramAction : camAction)
    .filter(isGoverned);

test.each([
  ["ack-platform", "ram/ack-platform"],
  ["ack-cell", "ram/ack-cell"],
  ["tke-platform", "cam/ci-platform"],
  ["tke-cell", "cam/ci-cell"],
])("all that the provider calls to make and read %s is in %s", (recording, document) => {
  const lacking = needed(recording).filter((action) => !allowed(document).includes(action));
  expect([...new Set(lacking)]).toEqual([]);
});

test.each([
  ["ram/ack-preview", ["ack-platform", "ack-cell"]],
  ["cam/ci-preview", ["tke-platform", "tke-cell"]],
])("all that the provider reads is in %s, and nothing else", (document, recordings) => {
  const lacking = recordings
    .flatMap(needed)
    .filter((action) => reads(action) && !allowed(document).includes(action));
  expect([...new Set(lacking)]).toEqual([]);
  expect(allowed(document).filter((action) => !reads(action))).toEqual([]);
});

test.each(
  further.flatMap(({ documents: names, actions }) =>
    names.flatMap((name) => actions.map((action) => [name, action] as const)),
  ),
)("%s has %s, which no recording shows", (document, action) => {
  expect(allowed(document)).toContain(action);
});

test("of what is further needed it is said how that is known, and of which document", () => {
  for (const { known, documents: names, why } of some(further)) {
    expect(["run", "read"]).toContain(known);
    expect(documents).toEqual(expect.arrayContaining(names));
    expect(why).not.toBe("");
  }
});

test("what no document allows was called, and is in none", () => {
  const called = ["ack-platform", "ack-cell", "tke-platform", "tke-cell"].flatMap((name) =>
    recorded(name).map(name.startsWith("ack-") ? ramAction : camAction),
  );
  const all = documents.flatMap(allowed);
  for (const action of some(Object.keys(exceptions.notAllowed))) {
    expect(called).toContain(action);
    expect(all).not.toContain(action);
  }
});

test("no document has what no provider calls", () => {
  const stale = documents.flatMap((document) =>
    allowed(document)
      .filter((action) => action in exceptions.notNeeded)
      .map((action) => `${document}: ${action}`),
  );
  expect(stale).toEqual([]);
});

test.each([
  ["CreateNatGateway (version 2016-04-28)", "vpc:CreateNatGateway"],
  ["ListTagResources (version 2016-01-20)", "kms:ListTagResources"],
  ["ListTagResources (version 2015-05-01)", "ram:ListTagResources"],
  ["InstallClusterAddons", "cs:InstallClusterAddons"],
  ["api GET /clusters/{id}/nodepools/np-tenants ?", "cs:DescribeClusterNodePoolDetail"],
  ["sls POST /tag ?", "log:TagResources"],
  ["company-openclaw-hz-audit GET /policy ?", "log:GetProjectPolicy"],
  ["oss GET / ?max-keys&prefix", "oss:ListBuckets"],
  ["company-openclaw-hz PUT / ?", "oss:PutBucket"],
  ["company-openclaw-hz GET / ?cors", "oss:GetBucketCors"],
  ["company-openclaw-hz PUT / ?publicAccessBlock", "oss:PutBucketPublicAccessBlock"],
])("Alibaba Cloud's %s is %s to RAM", (call, action) => {
  expect(ramAction(call)).toBe(action);
});

test.each([
  ["tke:DescribeClusters", "tke:DescribeClusters"],
  ["cos HEAD ?", "name/cos:HeadBucket"],
  ["cos PUT ?", "name/cos:PutBucket"],
  ["cos GET ?acl", "name/cos:GetBucketACL"],
  ["cos GET ?intelligent-tiering", "name/cos:GetBucketIntelligentTiering"],
  ["cos GET ?object-lock", "name/cos:GetBucketObjectLockConfiguration"],
  ["cos DELETE ?tagging", "name/cos:DeleteBucketTagging"],
])("Tencent Cloud's %s is %s to CAM", (call, action) => {
  expect(camAction(call)).toBe(action);
});

test("a call that nobody has named yet is no action", () => {
  expect(() => ramAction("CreateThing (version 1999-01-01)")).toThrow('no action is known of "CreateThing');
  expect(() => ramAction("company-openclaw-hz GET / ?inventory")).toThrow("no action is known of");
  expect(() => camAction("cos GET ?inventory")).toThrow("no action is known of");
});
