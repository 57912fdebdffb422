import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UnknownValueError, unknownCheckingProxy } from "@pulumi/policy";
import { describe, expect, test } from "vitest";
import { covers, isCovered, isEverybody, parseCidr } from "../../lib/cidr.ts";
import { repository } from "../../lib/system/paths.ts";
import { plainFields } from "../../policy/plain.ts";
import { resourceRules, stackRules } from "../../policy/rules/index.ts";
import { alicloud } from "../../policy/types.ts";
import { at, computed, isNot, items, shown, type Value } from "../../policy/values.ts";
import { brokenRules, resource, resourceViolations, today } from "../fixtures/policyResources.ts";

/** How the engine sends a text that a preview cannot know; @pulumi/policy lets nobody read it. */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("values that a preview cannot know", () => {
  const sent = () =>
    unknownCheckingProxy({
      acl: unknownText,
      nested: { list: ["known", unknownText, { deep: unknownText }], size: 3, on: true, none: null },
    });

  test("throw when @pulumi/policy hands them over", () => {
    expect(() => sent().acl).toThrow(UnknownValueError);
  });

  test("are computed in plain data, beside what is known", () => {
    expect(plainFields(sent())).toEqual({
      acl: computed,
      nested: { list: ["known", computed, { deep: computed }], size: 3, on: true, none: null },
    });
  });

  test("break no rule, and hide no violation beside them", () => {
    const args = unknownCheckingProxy({
      securityIps: [unknownText, "0.0.0.0/0"],
      deletionProtection: unknownText,
    });
    const violations = resourceViolations(
      resource(alicloud.rdsInstance, { encryptionKey: "ServiceKey", ...plainFields(args) }),
    );
    expect(brokenRules(violations)).toEqual(["no-open-cidr"]);
  });

  test("an error of another sort is not taken for one", () => {
    const broken = {
      get acl(): string {
        throw new RangeError("broken");
      },
    };
    expect(() => plainFields(broken)).toThrow(RangeError);
  });
});

describe("values", () => {
  test("a path ends at what is absent, and at what is not known yet", () => {
    const value: Value = { a: { b: [{ c: 1 }] }, later: computed };
    expect(at(value, "a", "b", "c")).toBe(1);
    expect(at(value, "a", "x", "c")).toBeUndefined();
    expect(at(value, "later", "c")).toBe(computed);
    expect(at({ a: [{ c: 1 }, { c: 2 }] }, "a", "c")).toBeUndefined();
    expect(at({}, "constructor")).toBeUndefined();
  });

  test("a single value is a list of itself", () => {
    expect(items([1, 2])).toEqual([1, 2]);
    expect(items({ a: 1 })).toEqual([{ a: 1 }]);
    expect(items(undefined)).toEqual([]);
    expect(items(computed)).toEqual([]);
  });

  test("what is not known yet is surely nothing", () => {
    expect(isNot(computed, true)).toBe(false);
    expect(isNot(undefined, true)).toBe(true);
    expect(isNot(undefined, undefined, true)).toBe(false);
  });

  test("are shown as one would write them", () => {
    const values: Value[] = [undefined, "a", 1, computed];
    expect(values.map(shown)).toEqual(["not set", '"a"', "1", "not known yet"]);
  });
});

describe("networks", () => {
  const parsed = (text: string) => {
    const cidr = parseCidr(text);
    if (cidr === undefined) {
      throw new Error(`${text} is no network`);
    }
    return cidr;
  };

  test.for(["10.0.0.0", "10.0.0.0/33", "::/129", "300.0.0.0/8", "a/8", "10.0.0.0/-1", "fe80::1%eth0/64", ""])(
    "%j is none",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  test.for([
    ["0.0.0.0/0", "10.0.0.0/8", true],
    ["10.0.0.0/8", "10.0.0.0/8", true],
    ["10.0.0.0/8", "10.255.0.0/16", true],
    ["10.0.0.0/9", "10.0.0.0/8", false],
    ["10.0.0.0/8", "11.0.0.0/16", false],
    ["::/0", "10.0.0.0/8", false],
    ["::/0", "fc00::/7", true],
    ["fc00::/7", "fe80::/10", false],
  ] as const)("%s covers %s: %s", ([outer, inner, expected]) => {
    expect(covers(parsed(outer), parsed(inner))).toBe(expected);
  });

  test.for([
    ["::ffff:10.0.0.0/104", "10.0.0.0/8"],
    ["::ffff:0a01:0203/128", "10.1.2.3/32"],
    ["0:0:0:0:0:ffff:c0a8:0/112", "192.168.0.0/16"],
    ["::ffff:0:0/96", "0.0.0.0/0"],
  ] as const)("%s is %s", ([text, ipv4]) => {
    expect(parsed(text)).toEqual(parsed(ipv4));
  });

  test.for(["::ffff:0:0/95", "64:ff9b::10.0.0.0/104", "::fffe:10.0.0.0/104", "1::ffff:10.0.0.0/104"])(
    "%s is no IPv4 network",
    (text) => {
      expect(parsed(text).address).toContain(":");
    },
  );

  test.for([
    ["10.0.0.0/8", ["10.0.0.0/8"], true],
    ["10.0.0.0/8", ["10.0.0.0/9", "10.128.0.0/9"], true],
    ["10.0.0.0/8", ["10.128.0.0/9", "9.0.0.0/8", "10.0.0.0/10", "10.64.0.0/10"], true],
    ["10.0.0.0/8", ["10.0.0.0/9", "10.128.0.0/10", "10.192.0.0/11"], false],
    ["10.0.0.0/8", ["::/0"], false],
    ["fc00::/7", ["fc00::/8", "0.0.0.0/0", "fd00::/8"], true],
    ["fc00::/7", ["fc00::/8"], false],
    ["10.0.0.1/32", [], false],
  ] as const)("%s is covered by %j: %s", ([network, by, expected]) => {
    expect(isCovered(parsed(network), by.map(parsed))).toBe(expected);
  });

  test.for([
    ["0.0.0.0/0", true],
    ["::ffff:0:0/96", true],
    ["128.0.0.0/1", true],
    ["10.0.0.0/8", false],
    ["::/0", true],
    ["2001:db8::/32", false],
  ] as const)("%s is everybody: %s", ([text, expected]) => {
    expect(isEverybody(parsed(text))).toBe(expected);
  });
});

describe("rules", () => {
  const rules = [...resourceRules(today), ...stackRules];

  test("have names of their own, in kebab-case", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  test("stand in docs/policy.md, and no other ones do", () => {
    const page = readFileSync(join(repository, "docs/policy.md"), "utf8");
    const documented = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
  });

  test.for(Object.values(alicloud))("are about %s, which @pulumi/alicloud has", (token) => {
    const [, module = "", name = ""] = token.split(":");
    const file = join(repository, `node_modules/@pulumi/alicloud/${module}.js`);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toContain(`'${token}'`);
    expect(name).not.toBe("");
  });
});
