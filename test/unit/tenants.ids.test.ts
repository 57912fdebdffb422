import { describe, expect, test } from "vitest";
import { closest, editDistance } from "../../tenants/closest.ts";
import { idFault, isCellName, maxIdLength } from "../../tenants/ids.ts";

describe("an id", () => {
  test.each([
    ...["www", "administrator", "billing", "oauth2", "cdn", "smtp", "hostmaster", "ns2", "wpad", "localhost"],
    ...["kube-node-lease", "kubernetes", "default", "gateway", "tenant", "registry", "litellm"],
    ...["postgresql", "backups", "grafana", "loki", "kube-anything", "openclaw-anything"],
  ])("%s is kept for the operator, Kubernetes or the platform", (id) => {
    expect(idFault(id)?.found).toBe(`the reserved id "${id}"`);
  });

  test.each(["acme", "a", "a1", "acme-2", "wwwa", "my-api", "kubernetes-fans", "x".repeat(maxIdLength)])(
    "%s is anybody's",
    (id) => {
      expect(idFault(id)).toBeUndefined();
    },
  );

  test.each([
    ["Acme_Ltd.", "acme-ltd"],
    ["--acme--", "acme"],
    ["2acme", "acme"],
    ["12 acme", "acme"],
    ["acme--ltd", "acme-ltd"],
    ["acme-", "acme"],
    ["acme!!!", "acme"],
  ])("%s is no DNS label of ours; %s would be", (id, suggestion) => {
    expect(idFault(id)).toMatchObject({ found: `the id "${id}"`, suggestion });
  });

  test.each(["", "123", "租户", "---", "\nacme", "acme\n"])("%j is none", (id) => {
    expect(idFault(id)).toBeDefined();
  });

  test("that is too long is said to be, with its length", () => {
    expect(idFault("x".repeat(maxIdLength + 1))?.found).toBe(`an id of ${maxIdLength + 1} characters`);
  });
});

test.each([
  ["dev", true],
  ["ack_cell.01", true],
  ["x".repeat(63), true],
  ["x".repeat(64), false],
  ["-dev", false],
  ["dev.", false],
  ["", false],
  ["a b", false],
  ["dev\n", false],
])("%j is a cell's name: %s", (name, expected) => {
  expect(isCellName(name)).toBe(expected);
});

describe("a misspelt word", () => {
  test.each([
    ["acitve", "active"],
    ["PRO", "pro"],
    ["enterprize", "enterprise"],
    ["suspendde", "suspended"],
  ])("%s was meant as %s", (word, meant) => {
    expect(closest(word, ["active", "suspended", "pro", "enterprise"])).toBe(meant);
  });

  test("that is near nothing was meant as nothing; of two as near the first", () => {
    expect(closest("gold", ["basic", "enterprise"])).toBeUndefined();
    expect(closest("gold", ["golf", "bold"])).toBe("golf");
    expect(closest("ab", [])).toBeUndefined();
  });

  test.each([
    ["ab", "ba", 1],
    ["abc", "acb", 1],
    ["abc", "cab", 2],
    ["ab", "xy", 2],
    ["abcd", "abdc", 1],
    ["aab", "aba", 1],
    ["abab", "aabb", 1],
    ["ab", "bx", 2],
    ["ab", "xa", 2],
    ["", "abc", 3],
    ["abc", "", 3],
  ])("from %j to %j is %i away: a swap of neighbours is one", (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });
});
