import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

/** docs/cam: what whoever runs Pulumi may do, and who may become that. */
const folder = join(import.meta.dirname, "../../docs/cam");

const texts = z.array(z.string()).min(1);
const statement = z.strictObject({ effect: z.literal("allow"), action: texts });
const permissions = z.strictObject({
  version: z.literal("2.0"),
  statement: z.array(statement.extend({ resource: texts })).min(1),
});
const trust = z.strictObject({
  version: z.literal("2.0"),
  statement: z.array(
    statement.extend({
      principal: z.strictObject({ federated: texts }),
      condition: z.strictObject({
        string_equal: z.strictObject({ "oidc:iss": texts, "oidc:aud": texts, "oidc:sub": texts }),
      }),
    }),
  ),
});

const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

const names = ["ci-cell.json", "ci-platform.json", "ci-preview.json"];

test("the documents are those for the two kinds of stack, for previews, and the trust in CI", () => {
  expect(readdirSync(folder).toSorted()).toEqual([...names, "ci-trust.json"]);
});

const actionsOf = (name: string) => permissions.parse(read(name)).statement.flatMap(({ action }) => action);

test("a preview reads and changes nothing", () => {
  const actions = actionsOf("ci-preview.json");
  expect(actions.filter((action) => !/:(Describe|List|Get|Head)/.test(action))).toEqual([]);
});

test("a preview may read all that whoever applies may read", () => {
  const applying = [...actionsOf("ci-platform.json"), ...actionsOf("ci-cell.json")];
  const reading = applying.filter((action) => /:(Describe|List|Get|Head)/.test(action));
  expect(actionsOf("ci-preview.json")).toEqual(expect.arrayContaining(reading));
});

test.each(names)("%s fits into CAM's 6,144 characters", (name) => {
  expect(JSON.stringify(read(name)).length).toBeLessThan(6_144);
});

test.each(names)("%s names every action, once", (name) => {
  const actions = actionsOf(name);
  expect(actions.filter((action) => !/^(name\/)?[a-z]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
  expect(actions.toSorted()).toEqual([...new Set(actions)].toSorted());
});

test.each(names)("%s cannot delete what holds data, nor switch its protection off", (name) => {
  const actions = actionsOf(name);
  const destructive =
    /^((name\/)?cos:Delete(?!BucketTagging)|kms:(Schedule|Disable|Archive)|tke:(DeleteCluster|DeleteNodePool|Disable)|(postgres|redis|clb|cls):(Delete|Destroy|Isolate|Terminate)|vpc:(DeleteVpc|ReleaseAddresses))/;
  expect(actions.filter((action) => destructive.test(action))).toEqual([]);
});

/** Asked of all roles: it is how the provider finds one by its name. */
const listsRoles = "cam:DescribeRoleList";

test.each(names)("%s limits roles, policies and buckets to those of the fleet", (name) => {
  const broad = permissions
    .parse(read(name))
    .statement.filter(({ resource }) => resource.includes("*"))
    .flatMap(({ action }) => action)
    .filter((action) => /cos:/.test(action) || (action.startsWith("cam:") && action !== listsRoles));
  expect(broad).toEqual([]);
});

test("a cell's permissions on TKE are those of reading", () => {
  const actions = actionsOf("ci-cell.json");
  expect(actions.filter((action) => /^tke:(?!Describe)/.test(action))).toEqual([]);
  expect(actions).toContain("tke:DescribeClusterKubeconfig");
});

test("CI becomes the role from one environment of one repository only", () => {
  const [one, ...others] = trust.parse(read("ci-trust.json")).statement;
  expect(others).toEqual([]);
  expect(one?.action).toEqual(["name/sts:AssumeRoleWithWebIdentity"]);
  expect(one?.condition.string_equal["oidc:sub"]).toEqual([
    "repo:<organization>/<repository>:environment:<environment>",
  ]);
});
